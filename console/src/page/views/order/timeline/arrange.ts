/** Arranges the nodes of a timeline in rows: causes above effects, otherwise by time. */
import type { TimelineNode } from './node.ts'

export interface Row {
  readonly node: TimelineNode
  /** The time without a row before this one, ms, if it is much longer than usual. Otherwise null. */
  readonly pauseMs: number | null
  /** True if its time is earlier than that of a cause by more than `toleratedMs`, because the clocks of two services differ. */
  readonly isBehind: boolean
}

/** A pause is shown if it is this many times as long as the median, and at least `minPauseMs`. */
const longPause = 5
const minPauseMs = 2_000

/** Synchronised clocks differ by some milliseconds, which is not worth a remark. */
const toleratedMs = 50

/**
 * If the clocks of services differ, an effect may seem to be earlier than its cause. It counts as simultaneous. Nodes without a time come
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
    const ms = Math.max(own, before?.ms ?? own)
    const place = { ms, depth: (before?.depth ?? -1) + 1, isBehind: ms - own > toleratedMs }
    places.set(node.key, place)
    return place
  }
  return withPauses(nodes.map((node) => ({ node, ...placeOf(node) })).sort(inTime))
}

interface Place {
  readonly ms: number
  /** The number of causes above it. */
  readonly depth: number
  readonly isBehind: boolean
}

interface Placed extends Place {
  readonly node: TimelineNode
}

/** Otherwise in the order of the history. `Infinity - Infinity` is `NaN`. */
const inTime = (a: Place, b: Place): number => (a.ms === b.ms ? 0 : a.ms - b.ms) || a.depth - b.depth

const withPauses = (placed: readonly Placed[]): Row[] => {
  const pauses = placed
    .map(({ ms }, index) => ms - (placed[index - 1]?.ms ?? ms))
    .map((ms) => (Number.isFinite(ms) ? ms : 0))
  const known = pauses.filter((ms) => ms > 0).sort((a, b) => a - b)
  const median = known[Math.floor((known.length - 1) / 2)] ?? 0
  return placed.map(({ node, isBehind }, index) => {
    const ms = pauses[index] ?? 0
    return { node, pauseMs: ms >= minPauseMs && ms > longPause * median ? ms : null, isBehind }
  })
}
