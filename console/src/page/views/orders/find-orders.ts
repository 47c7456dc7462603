/** The search: an order id or its last eight characters, a reference, or a customer id. */
import { get, isAbort, textOf } from '../../api/client.ts'
import type { ListedOrder, ListedOrderPage } from '../../api/types.ts'

export type Found = { readonly address: string } | { readonly message: string }

/** Mails and word processors change its hyphens or insert invisible characters. */
const groups = [8, 4, 4, 4, 12].map((digits) => `([\\da-f]{${digits}})`).join('[\\p{Pd}\\s]*')
const uuid = new RegExp(`(?<![\\da-f])${groups}(?![\\da-f])`, 'iu') // not a part of a longer hash
const idIn = (text: string): string | undefined =>
  uuid
    .exec(text.normalize('NFKC').replaceAll(/\p{Cf}/gu, ''))
    ?.slice(1)
    .join('-')
    .toLowerCase()

/** As the list shows ids. */
const idSuffix = /^[\da-f]{8}$/i

/** By the end of an id, the service searches no more orders. */
const noneBy = (text: string): string =>
  idSuffix.test(text)
    ? 'Of the newest 100,000 orders, no id ends with this. No order has this reference or customer.'
    : `No order has this id, reference or customer.${text.includes('@') ? ' The search does not find email addresses.' : ''}`

/** The maximum length of a reference or a customer, in code points. */
const maxLength = 100

/**
 * The filters to ask the service for, the more precise first. A reference or a customer may begin or end with a space, and the service
 * distinguishes a composed character from a decomposed one.
 */
const filtersOf = (searched: string, text: string): readonly Record<string, string>[] => [
  ...(idSuffix.test(text) ? [{ idSuffix: text }] : []),
  ...[...new Set([searched, text, text.normalize('NFC'), text.normalize('NFD')])]
    .filter((value) => [...value].length <= maxLength)
    .flatMap((value) => [{ reference: value }, { customerId: value }]),
]

/**
 * The address to show. The terminal prints the end of an id after an ellipsis, and what was copied may contain an id, such as an
 * address. An empty message if it is aborted.
 */
export const findOrders = async (searched: string, signal: AbortSignal): Promise<Found> => {
  const text = searched.trim().replace(/^…(?=[\da-f]{8}$)/i, '')
  const find = async (filter: URLSearchParams): Promise<readonly ListedOrder[]> => {
    const answer = await get<ListedOrderPage>(`/order/orders?${filter}&limit=2`, { signal })
    return answer?.body.items ?? []
  }
  const id = idIn(text)
  try {
    for (const given of id === text.toLowerCase() ? [] : filtersOf(searched, text)) {
      const filter = new URLSearchParams(given)
      const [first, second] = await find(filter)
      if (first && !second && filter.has('idSuffix')) return { address: `/orders/${first.id}` }
      if (first) return { address: `/?${filter}` }
    }
    return id ? { address: `/orders/${id}` } : { message: noneBy(text) }
  } catch (error) {
    return { message: isAbort(error) ? '' : textOf(error) }
  }
}
