/** Arranges the nodes of a timeline in rows: causes above effects, otherwise by time. */
import type { TimelineNode } from './node.ts'

export interface Row {
  readonly node: TimelineNode
  /** The time without a row before this one, ms, if it is much longer than usual. Otherwise null. */
  readonly pauseMs: number | null
}

/** Nodes of one kind, title and lane in a row form a group, if there are more of them than this. */
const maxAlike = 4

/** A pause is shown if it is this many times as long as the median, and at least `minPauseMs`. */
const longPause = 5
const minPauseMs = 2_000

/**
 * The clocks of services differ, so an effect may seem to be earlier than its cause. It counts as simultaneous. Nodes without a time come
 * last, after their causes.
 */
export const arrange = (nodes: readonly TimelineNode[]): Row[] => {
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const places = new Map<string, Place>()
  const placeOf = (node: TimelineNode, above: readonly string[] = []): Place => {
    const known = places.get(node.key)
    if (known) return known
    const cause = node.cause === null || above.includes(node.key) ? undefined : byKey.get(node.cause)
    const before = cause && placeOf(cause, [...above, node.key])
    const own = node.at === null ? Number.POSITIVE_INFINITY : Date.parse(node.at)
    const place = { ms: Math.max(own, before?.ms ?? own), depth: (before?.depth ?? -1) + 1 }
    places.set(node.key, place)
    return place
  }
  const placed = nodes.map((node) => ({ node, ...placeOf(node) }))
  const sorted = placed.sort((a, b) => compare(a.ms, b.ms) || a.depth - b.depth) // stable: in the order of the history
  return withPauses(group(sorted))
}

interface Place {
  readonly ms: number
  /** The number of causes above it. */
  readonly depth: number
}

interface Placed extends Place {
  readonly node: TimelineNode
}

/** `Infinity - Infinity` is `NaN`. */
const compare = (a: number, b: number): number => (a === b ? 0 : a - b)

/** Replaces long runs of equal events, such as those of a hundred parcels, by one node each. */
const group = (placed: readonly Placed[]): Placed[] => {
  const runs: Placed[][] = []
  for (const each of placed) {
    const run = runs.at(-1)
    if (run?.[0] && isAlike(run[0].node, each.node)) run.push(each)
    else runs.push([each])
  }
  return runs.flatMap((run) => {
    const [first] = run
    if (!first || run.length <= maxAlike) return run
    const ids = run.flatMap(({ node: { contents } }) => (contents.kind === 'events' ? contents.ids : []))
    return [
      {
        ...first,
        node: { ...first.node, title: `${first.node.title} × ${run.length}`, contents: { kind: 'events', ids } },
      },
    ]
  })
}

const isAlike = (a: TimelineNode, b: TimelineNode): boolean =>
  a.kind === 'event' && b.kind === 'event' && a.title === b.title && a.service === b.service

const withPauses = (placed: readonly Placed[]): Row[] => {
  const pauses = placed
    .map(({ ms }, index) => ms - (placed[index - 1]?.ms ?? ms))
    .map((ms) => (Number.isFinite(ms) ? ms : 0))
  const known = pauses.filter((ms) => ms > 0).sort((a, b) => a - b)
  const median = known[Math.floor((known.length - 1) / 2)] ?? 0
  return placed.map(({ node }, index) => {
    const ms = pauses[index] ?? 0
    return { node, pauseMs: ms >= minPauseMs && ms > longPause * median ? ms : null }
  })
}
