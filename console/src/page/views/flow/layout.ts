/** Where the labels, lanes and lines of the map are, in pixels, and how thick the lines are. */
import type { FlowEvent, FlowMap } from './flow-map.ts'

export interface FlowLayout {
  /** May be more than the available width. The map then scrolls. */
  readonly width: number
  /** One for each event, of equal heights, from top to bottom. */
  readonly rows: readonly FlowRow[]
}

export interface FlowRow {
  readonly event: FlowEvent
  readonly publisherX: number
  /** One for each subscriber. They do not overlap: each begins where the one before it ends, on either side of the publisher. */
  readonly edges: readonly FlowEdge[]
}

export interface FlowEdge {
  readonly subscriber: string
  readonly fromX: number
  /** The lane of the subscriber. */
  readonly toX: number
}

/** The names and rates of the events stand on the left. */
export const labelWidth = 236
export const rowHeight = 34
/** The cards of the queues need this much. */
const minLaneWidth = 150

export const layOut = ({ lanes, events }: FlowMap, availableWidth: number): FlowLayout => {
  const laneWidth = Math.max(minLaneWidth, (availableWidth - labelWidth) / Math.max(1, lanes.length))
  const xOf = new Map(lanes.map(({ name }, index) => [name, labelWidth + (index + 0.5) * laneWidth]))
  return {
    width: labelWidth + lanes.length * laneWidth,
    rows: events.map((event) => rowOf(event, xOf)),
  }
}

const rowOf = (event: FlowEvent, xOf: ReadonlyMap<string, number>): FlowRow => {
  const publisherX = xOf.get(event.publisher) ?? 0
  const ends = event.subscribers.map((subscriber) => ({ subscriber, toX: xOf.get(subscriber) ?? 0 }))
  const right = ends.filter(({ toX }) => toX >= publisherX).sort((a, b) => a.toX - b.toX)
  const left = ends.filter(({ toX }) => toX < publisherX).sort((a, b) => b.toX - a.toX)
  return { event, publisherX, edges: [...chained(right, publisherX), ...chained(left, publisherX)] }
}

const chained = (ends: readonly Omit<FlowEdge, 'fromX'>[], publisherX: number): FlowEdge[] =>
  ends.map((end, index) => ({ ...end, fromX: ends[index - 1]?.toX ?? publisherX }))

/** The thickness of a line, from 0 to 4. Each step is ten times the rate. Null: the rate is not known. */
export const levelOf = (perSecond: number | null): number => {
  if (perSecond === null || perSecond === 0) return 0
  return Math.min(4, Math.max(1, Math.floor(Math.log10(perSecond)) + 2))
}
