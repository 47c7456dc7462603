/** The status of an order: a coloured dot, and the words. */
import type { Order } from '../api/types.ts'
import { wordsOf } from '../format.ts'

export const OrderStatus = ({ order }: { readonly order: Pick<Order, 'status' | 'cancellation' | 'settled'> }) => (
  <span class={`status ${order.status}`}>
    <span class="dot" aria-hidden="true" />
    {order.status}
    {order.cancellation && <span class="reason"> {wordsOf(order.cancellation.reason)}</span>}
  </span>
)
