/** The search: a whole order id, a reference, or a customer id. */
import { ApiError, get } from '../../api/client.ts'
import type { ListedOrderPage } from '../../api/types.ts'

export type Found = { readonly address: string } | { readonly message: string }

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

const none = 'No order has this id, reference or customer.'

/** The address to show. A reference is more precise than a customer, so it comes first. */
export const findOrders = async (text: string): Promise<Found> => {
  const signal = AbortSignal.timeout(10_000)
  const has = async (route: string): Promise<boolean> => {
    const answer = await get<Partial<ListedOrderPage>>(route, { signal })
    return answer?.body.items?.length !== 0
  }
  try {
    if (uuid.test(text)) return { address: `/orders/${text.toLowerCase()}` }
    for (const name of ['reference', 'customerId']) {
      const filter = new URLSearchParams({ [name]: text })
      if (await has(`/order/orders?${filter}&limit=1`)) return { address: `/?${filter}` }
    }
    return { message: none }
  } catch (error) {
    return { message: error instanceof ApiError ? error.message : 'The order service did not answer in time.' }
  }
}
