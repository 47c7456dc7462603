/** The number of events by type since the page was last told. */

export type EventCounts = Readonly<Record<string, number>>

export interface EventCounter {
  add(type: string): void
  /** The counts since the last call. Undefined without an event. */
  take(): EventCounts | undefined
}

/** Further types share a count, because a stream may contain any. The model has fewer. */
const maxTypes = 200
const others = 'others'

export const countEvents = (): EventCounter => {
  let counts = new Map<string, number>()
  return {
    add: (type) => {
      const key = counts.has(type) || counts.size < maxTypes ? type : others
      counts.set(key, (counts.get(key) ?? 0) + 1)
    },
    take: () => {
      if (counts.size === 0) return undefined
      const taken = Object.fromEntries(counts)
      counts = new Map()
      return taken
    },
  }
}
