/** Messages for given/when/then tests of reactions. */
import { type DataOf, draft, type Message, type MessageType, newOrderId, publisherOf, seal } from '@quadrille/events'
import { noon } from '@quadrille/testing'

/** A sealed message, as received. */
export const aMessage = <Type extends MessageType>(
  type: Type,
  details: DataOf<Type>,
  now: Date = noon,
): Message<Type> => seal(draft(type, details), { service: publisherOf(type)?.name ?? 'test', now })

/** The content of an order: two pieces of one SKU and one of another, for 45.00 euros. */
export const anOrder = (orderId: string = newOrderId()) => ({
  orderId,
  customer: { id: 'customer-1', email: 'customer@example.com' },
  currency: 'EUR',
  total: 4_500,
  lines: [
    { sku: 'mug', quantity: 2, unitPrice: 1_500 },
    { sku: 'tea', quantity: 1, unitPrice: 1_500 },
  ],
})

/** The data of the OrderPlaced of such an order. */
export const aPlacedOrder = (orderId?: string, method = 'pm_card_visa'): DataOf<'OrderPlaced'> => ({
  ...anOrder(orderId),
  payment: { method },
  expiresAt: new Date(noon.getTime() + 15 * 60_000).toISOString(),
})
