import type { ListedOrderPage } from '../../api/types.ts'
import { type Resource, useResource } from '../../use-resource.ts'

/** The newest. The page says if there are more. */
const maxShown = 50

/** An order becomes stuck without an event, so a list of stuck orders is also read at this interval, ms. */
export const stuckEveryMs = 5_000

/** The orders that have been open for too long, with their diagnoses. */
export const useStuckOrders = (): Resource<ListedOrderPage> =>
  useResource<ListedOrderPage>(`/order/orders?stuck=true&limit=${maxShown}`, {
    isConcerned: (orders, page) => page?.items.some(({ id }) => orders.includes(id)) ?? false,
    everyMs: stuckEveryMs,
  })
