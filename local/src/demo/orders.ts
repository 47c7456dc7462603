/** An order of each ending. */
import type { Action } from './action.ts'
import { cancelOrder, placeOrder } from './client.ts'

/** The customer of all orders of the demo but those of a burst. */
export const demoCustomer = 'demo'

interface Kind extends Pick<Action, 'id' | 'title' | 'effect'> {
  readonly method?: string
  readonly sku?: string
  readonly quantity?: number
  /** Whether the customer cancels it at once. */
  readonly cancelled?: boolean
}

/** More than the demo catalog has. */
const tooManyTeapots = { sku: 'teapot', quantity: 1_000_000 }

const kinds: readonly Kind[] = [
  {
    id: 'order-fulfilled',
    title: 'Fulfilled',
    effect: 'Payment captures the amount, inventory reserves two mugs, and the order is fulfilled.',
  },
  {
    id: 'order-declined',
    title: 'Payment declined',
    effect: 'The card is declined, and the order is cancelled.',
    method: 'pm_card_chargeDeclined',
  },
  {
    id: 'order-out-of-stock',
    title: 'Out of stock',
    effect: 'The amount is captured, but there are too few teapots. The order is cancelled, and the amount refunded.',
    ...tooManyTeapots,
  },
  {
    id: 'order-cancelled',
    title: 'Cancelled by the customer',
    effect: 'The customer cancels while the payment is in progress. Two seconds later the amount is refunded.',
    method: 'pm_sim_slow',
    cancelled: true,
  },
  {
    id: 'order-retried',
    title: 'Fulfilled at the third attempt',
    effect: 'The gateway fails twice. Payment tries again after one second and after five, and the order is fulfilled.',
    method: 'pm_sim_flaky',
  },
  {
    id: 'order-lost-answer',
    title: 'Charged once',
    effect: 'The gateway charges the card, but its answer is lost. Payment looks it up, so nothing is charged twice.',
    method: 'pm_sim_timeout_then_charged',
  },
  {
    id: 'order-refund-refused',
    title: 'Refund refused',
    effect:
      'There are too few teapots, and the gateway refuses the refund. After 30 s the order is stuck: a person must help.',
    method: 'pm_card_refundFail',
    ...tooManyTeapots,
  },
  {
    id: 'order-expired',
    title: 'Expired',
    effect: 'Every charge fails. After 30 s the order is stuck, and after ORDER_TTL (15 min by default) it expires.',
    method: 'pm_sim_down',
  },
]

/** @param orderUrl of the order service. */
export const orderActions = (orderUrl: string): Action[] =>
  kinds.map(({ id, title, effect, method = 'pm_card_visa', sku = 'mug', quantity = 2, cancelled = false }) => ({
    id,
    title,
    effect,
    group: 'order',
    act: async () => {
      const orderId = await placeOrder(orderUrl, { customer: demoCustomer, sku, quantity, method })
      if (cancelled) await cancelOrder(orderUrl, orderId)
      return {
        text: `The order ${orderId} was placed${cancelled ? ' and cancelled' : ''}.`,
        orderIds: [orderId],
        lookAt: { title: 'Watch the order', path: `/orders/${orderId}` },
      }
    },
  }))
