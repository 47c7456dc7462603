/** The orders that have changed since the page was last told. */

export interface ChangedOrders {
  /** The ids of the orders, each with the type of its newest event. */
  readonly orders: Readonly<Record<string, string>>
  /** Events of further orders, which are not listed. */
  readonly unlisted: number
}

export interface ChangeCollector {
  add(orderId: string, type: string): void
  /** The changes since the last call. Undefined without a change. */
  take(): ChangedOrders | undefined
}

/** @param max the number of orders that are listed. */
export const collectChanges = (max: number): ChangeCollector => {
  let orders = new Map<string, string>()
  let unlisted = 0
  return {
    add: (orderId, type) => {
      if (orders.size < max || orders.has(orderId)) orders.set(orderId, type)
      else unlisted += 1
    },
    take: () => {
      if (orders.size === 0) return undefined
      const changed = { orders: Object.fromEntries(orders), unlisted }
      orders = new Map()
      unlisted = 0
      return changed
    },
  }
}
