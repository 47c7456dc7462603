/** Reads the dead letters of several orders from all services. */
import type { WhereaboutsList } from '../../api/types.ts'
import { useServices } from '../../use-services.ts'
import { type BlockingLetter, lettersOf } from './blocking-letters.ts'

/** A dead letter is not an event of an order, ms. */
const pollMs = 5_000
/** The most that a service is asked about at once. */
const maxOrders = 100

/** By the ids of the orders. An order without any has no entry. The dead letters of a service that does not answer are missing. */
export const useBlockingLetters = (orderIds: readonly string[]): ReadonlyMap<string, readonly BlockingLetter[]> => {
  const ids = orderIds.slice(0, maxOrders)
  const parameters = new URLSearchParams(ids.map((id) => ['orderId', id]))
  const { services } = useServices<WhereaboutsList>((service) => `/${service}/whereabouts?${parameters}`, {
    isConcerned: (orders) => ids.some((id) => orders.includes(id)),
    everyMs: pollMs,
  })
  const found = services.flatMap(({ service, body }) =>
    (body?.items ?? []).flatMap((item) => lettersOf(service, item).map((letter) => ({ ...letter, item }))),
  )
  return Map.groupBy(found, ({ item }) => item.orderId)
}
