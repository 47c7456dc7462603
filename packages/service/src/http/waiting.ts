/**
 * Items that wait for a client: connections without a request, incomplete bodies, unread responses. Their number is
 * bounded. At the limit the longest-waiting item is evicted, so that idle clients cannot lock out others.
 */
export interface Waiting<Item> {
  /** Adds an item as the newest, even if it waits already. */
  add(item: Item, bytes?: number): void
  remove(item: Item): void
}

export interface WaitingOptions<Item> {
  readonly maxItems: number
  /** The size of all items together. Default: no limit. */
  readonly maxBytes?: number
  /** How long an item may wait, ms. Default: no limit. */
  readonly maxMs?: number
  readonly evict: (item: Item) => void
}

interface Entry {
  readonly bytes: number
  readonly timer: NodeJS.Timeout | undefined
}

export const createWaiting = <Item>(options: WaitingOptions<Item>): Waiting<Item> => {
  const { maxItems, maxBytes = Number.POSITIVE_INFINITY, maxMs } = options
  const entries = new Map<Item, Entry>() // in the order in which they were added
  let total = 0

  const remove = (item: Item): void => {
    const entry = entries.get(item)
    if (!entry) return
    clearTimeout(entry.timer)
    entries.delete(item)
    total -= entry.bytes
  }
  const evict = (item: Item): void => {
    remove(item)
    options.evict(item)
  }
  return {
    remove,
    add: (item, bytes = 0) => {
      remove(item)
      const timer = maxMs === undefined ? undefined : setTimeout(() => evict(item), maxMs).unref()
      entries.set(item, { bytes, timer })
      total += bytes
      for (const [longest] of entries) {
        if (entries.size <= maxItems && total <= maxBytes) return
        evict(longest)
      }
    },
  }
}
