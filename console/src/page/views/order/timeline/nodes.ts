/** Turns the facts of an order into the nodes of its timeline. */
import type { Diagnosis, Event } from '../../../api/types.ts'
import { type CausingService, causeOfEvent, causeOfType, causingTypes } from '../../../shop/causes.ts'
import { eventsOf, whereOf } from '../../../shop/sentence.ts'
import { detailOf } from './detail.ts'
import type { TimelineFacts } from './facts.ts'
import { heldNodes } from './held-nodes.ts'
import type { TimelineNode } from './node.ts'

/** The services of the choreography, by name. */
export type ServicesModel = Readonly<Record<string, CausingService>>

/** The events come first, in the order of the history. */
export const nodesOf = ({ events, services, missing, nowMs }: TimelineFacts, model: ServicesModel): TimelineNode[] => {
  const modelOf = (service: string): CausingService => model[service] ?? {}
  const held = services.flatMap((facts) => heldNodes(facts, { events, nowMs, model: modelOf(facts.service) }))
  return [
    ...events.map((event, index) => {
      const service = modelOf(serviceOf(event))
      const cause = causeOfEvent(event, events.slice(0, index), { all: events, service })
      return eventNode(event, failureBetween(cause, event, { held, service }) ?? cause?.id ?? null)
    }),
    ...held,
    ...missing.map((answer) => {
      const answered = answer.missing.flatMap((type) => causeOfType(type, events, modelOf(answer.owedBy)) ?? [])
      return ghostNode(answer, blockingNode(answer, held)?.key ?? answered.at(-1)?.id ?? null)
    }),
  ]
}

const serviceOf = ({ source }: Pick<Event, 'source'>): string => source.replace(/^\//, '')

const eventNode = ({ id, type, source, time, data }: Event, cause: string | null): TimelineNode => ({
  key: id,
  kind: 'event',
  service: serviceOf({ source }),
  title: type,
  at: time,
  detail: detailOf(data),
  cause,
  contents: { kind: 'event', id },
})

interface Held {
  readonly held: readonly TimelineNode[]
  readonly service: CausingService
}

/** The failed attempts of the work by which the cause led to the event in the end. Those of another message did not lead to it. */
const failureBetween = (cause: Event | undefined, event: Event, { held, service }: Held): string | undefined => {
  const types = causingTypes(service, event.type).flat()
  const { channel } = event.data
  return held.find(
    (node) =>
      node.kind === 'failure' &&
      node.service === serviceOf(event) &&
      node.cause === (cause?.id ?? null) &&
      types.includes(node.title) &&
      (node.title !== cause?.type || node.messageId === cause.id) &&
      (node.at === null || Date.parse(node.at) <= Date.parse(event.time)) &&
      (typeof channel !== 'string' || node.queue?.endsWith(`.${channel}`)),
  )?.key
}

const ghostNode = (answer: Diagnosis, cause: string | null): TimelineNode => {
  const { owedBy } = answer
  return {
    key: `${owedBy}/missing/${eventsOf(answer)}`,
    kind: 'ghost',
    service: owedBy,
    title: eventsOf(answer),
    at: null,
    detail: whereOf(answer),
    cause,
  }
}

/** The node of the message that blocks the answer. */
const blockingNode = ({ where }: Diagnosis, held: readonly TimelineNode[]): TimelineNode | undefined =>
  held.find(
    ({ service, kind, messageId, title }) =>
      service === where.service &&
      kind === where.place &&
      (where.messageId && messageId ? messageId === where.messageId : title === where.type),
  )
