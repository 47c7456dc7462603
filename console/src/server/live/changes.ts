/** The orders that have changed, and the number of events by type, since the page was last told. */

export interface Changes {
  /** The ids of the orders that have changed. */
  readonly orders: readonly string[]
  /** Events of further orders, which are not listed. */
  readonly unlisted: number
  /** The number of events by type, of all orders. */
  readonly types: Readonly<Record<string, number>>
}

export interface ChangeCollector {
  add(orderId: string, type: string): void
  /** The changes since the last call. Undefined without a change. */
  take(): Changes | undefined
}

/** Further types share a count, because a stream may contain any. The model has fewer. */
const maxTypes = 200
const others = 'others'

/** @param maxOrders the number of orders that are listed. */
export const collectChanges = (maxOrders: number): ChangeCollector => {
  let orders = new Set<string>()
  let unlisted = 0
  let types = new Map<string, number>()
  return {
    add: (orderId, type) => {
      if (orders.size < maxOrders) orders.add(orderId)
      else if (!orders.has(orderId)) unlisted += 1
      const key = types.has(type) || types.size < maxTypes ? type : others
      types.set(key, (types.get(key) ?? 0) + 1)
    },
    take: () => {
      if (types.size === 0) return undefined
      const changes = { orders: [...orders], unlisted, types: Object.fromEntries(types) }
      orders = new Set()
      unlisted = 0
      types = new Map()
      return changes
    },
  }
}
