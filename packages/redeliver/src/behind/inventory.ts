import type { History, Said } from './history.ts'

/** Its own last word comes first, as that says what became of all before. */
const undecided = ['InventoryReleased', 'InventoryRejected', 'InventoryReserved', 'OrderCancelled'] as const

/** What a reservation may have missed, by its status; the first of these that the history has comes next. */
const missedIn: Readonly<Record<string, readonly Said[]>> = {
  unknown: undecided,
  pending: undecided,
  reserved: ['InventoryReleased', 'OrderFulfilled', 'OrderCancelled'],
}

/**
 * What inventory must be told next; nothing where its books are up to date with the history. What it has decided it does not
 * decide again, as there may be more or less in stock by now; only what it never decided it does.
 */
export const behindInInventory = ({ said }: History, status = 'unknown'): readonly Said[] => {
  const next = missedIn[status]?.find((each) => said.has(each))
  if (next) return [next]
  const causes: readonly Said[] = ['OrderPlaced', 'PaymentProcessed']
  return status === 'unknown' || status === 'pending' ? causes.filter((each) => said.has(each)) : []
}
