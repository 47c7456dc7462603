/** Events of the order service, and the inbox of the payment service, declared as the services do. */
import { draft, encode, seal, shop } from '@quadrille/events'
import { contentType } from '@quadrille/messages'
import { eventAddress, inboxOf, type ServiceTopology, topologyOf, type WireMessage } from '@quadrille/messaging'

export const inbox = inboxOf('payment')

export const consumer: ServiceTopology = topologyOf(shop.services.payment, shop.services)

/** It waits for the inbox of payment alone, because the other services do not run. */
export const publisher: ServiceTopology = {
  ...topologyOf(shop.services.order, shop.services),
  requiredInboxes: [inbox],
}
export const address = eventAddress('order')

/** An OrderPlaced of about 1 kB. Its order id contains the number. */
export const orderPlaced = (number: number, now: Date): WireMessage => {
  const orderId = `0197a3d2-5b1c-7c3e-9a40-${number.toString(16).padStart(12, '0')}`
  const message = seal(
    draft('OrderPlaced', {
      orderId,
      customer: { id: `customer-${number}`, email: `customer-${number}@example.com` },
      currency: 'EUR',
      total: 12_000,
      lines: skus.map((sku) => ({ sku, quantity: 1, unitPrice: 2_000 })),
      payment: { method: 'pm_card_visa' },
      expiresAt: new Date(now.getTime() + 900_000).toISOString(),
    }),
    { service: 'order', now },
  )
  return {
    id: message.id,
    type: message.type,
    correlationId: orderId,
    appId: 'order',
    contentType,
    timestamp: now,
    body: Buffer.from(encode(message)),
    headers: {},
  }
}

const skus = ['mug-blue-large', 'mug-green-large', 'tea-darjeeling-250', 'tea-assam-250', 'teapot-1l', 'strainer']

export const numberOf = (orderId: string): number => Number.parseInt(orderId.slice(-12), 16)
