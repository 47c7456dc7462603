/** The bodies of requests and responses. Requests are strict: an unknown field is an error. */
import { orderStatuses, primitives } from '@quadrille/events'
import { visibleText } from '@quadrille/messages'
import { z } from 'zod'
import { inventoryStatuses, paymentStatuses } from '../domain/order.ts'
import { isCardNumber } from './card-number.ts'
import { orderExample, orderRequestExample } from './examples.ts'

const { amount, customer, currency, line, metadataOf } = primitives

const totalOf = (lines: readonly { quantity: number; unitPrice: number }[]): number =>
  lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0)

/** The gateway's name of a payment method. It is stored in messages, so it must not be a card number. */
const paymentMethod = visibleText(255)
  .min(1)
  .refine((method) => !isCardNumber(method), 'must be the name of a payment method at the gateway, not a card number')
  .meta({ description: 'The name of the payment method at the payment gateway. Card numbers are rejected.' })

/** A record schema drops a key `__proto__` silently. It is rejected here, like an unknown field. */
const metadata = z.preprocess((pairs, context) => {
  if (Object.hasOwn(Object(pairs), '__proto__')) context.addIssue({ code: 'unrecognized_keys', keys: ['__proto__'] })
  return pairs
}, metadataOf(visibleText))

export const orderRequest = z
  .strictObject({
    customer: z
      .strictObject({
        ...customer.shape,
        id: visibleText(100).min(1).meta({ description: 'The id of the customer in the shop.' }),
      })
      .meta({ description: 'The customer who places the order.' }),
    currency,
    lines: z
      .array(z.strictObject(line.shape).meta({ title: 'LineRequest', description: line.description }))
      .min(1)
      .max(1_000)
      .refine((lines) => amount.safeParse(totalOf(lines)).success, {
        message: 'must have a total of at most 10^12 minor units',
        when: ({ issues }) => issues.length === 0, // an invalid line has no total
      })
      .meta({ description: 'The ordered items. A SKU may appear on several lines.' }),
    payment: z.strictObject({ method: paymentMethod }).meta({
      description: 'How the customer pays. The method does not appear in responses, event histories or logs.',
    }),
    reference: visibleText(100)
      .min(1)
      .optional()
      .meta({ description: 'The reference of the order in the shop, such as its number.' }),
    metadata: metadata.optional(),
  })
  .transform((request) => ({ ...request, total: totalOf(request.lines) }))
  .meta({ title: 'OrderRequest', description: 'An order to place.', examples: [orderRequestExample] })

export type OrderRequest = z.output<typeof orderRequest>

const timeOf = (description: string) => z.iso.datetime().meta({ description })

const notificationResult = z
  .object({
    channel: primitives.channel,
    occasion: primitives.occasion,
    status: z.enum(['sent', 'failed']).meta({
      description:
        '`failed`: nothing confirms that it was sent, and no attempt will follow. Its event has the reason, as `code`.',
    }),
    at: timeOf('The time of the result.'),
  })
  .meta({ title: 'NotificationResult', description: 'The result of a customer notification.' })

const shipment = z
  .object({
    carrier: primitives.carrier,
    trackingCode: primitives.trackingCode,
    at: timeOf('The time of dispatch.'),
  })
  .meta({ title: 'OrderShipment', description: 'A dispatched parcel of the order.' })

export const orderView = z
  .object({
    id: primitives.orderId,
    reference: z
      .string()
      .nullable()
      .meta({ description: 'The reference of the order in the shop; null if there is none.' }),
    metadata: z
      .record(z.string(), z.string())
      .nullable()
      .meta({ description: 'The metadata that was sent with the order; null if there is none.' }),
    status: z.enum(orderStatuses).meta({
      description:
        'The order is `placed` until its payment is captured, then `paid` until its stock is reserved. It ends as `fulfilled` or `cancelled`.',
    }),
    settled: z.boolean().meta({
      description:
        'True if the order is final: it is fulfilled, or it is cancelled and both payment and inventory have answered the cancellation. It never becomes false again.',
    }),
    cancellation: z
      .object({ reason: primitives.cancellationReason })
      .nullable()
      .meta({ description: 'The cancellation; null unless the order is cancelled.' }),
    customer,
    currency,
    total: primitives.total,
    lines: z.array(line).meta({ description: 'The ordered items.' }),
    payment: z
      .object({
        status: z.enum(paymentStatuses).meta({ description: '`voided`: nothing was captured, and nothing will be.' }),
      })
      .meta({ description: 'The payment, according to the events that have arrived.' }),
    inventory: z
      .object({ status: z.enum(inventoryStatuses).meta({ description: 'The status.' }) })
      .meta({ description: 'The reservation, according to the events that have arrived.' }),
    notifications: z.array(notificationResult).meta({ description: 'The customer notifications that have a result.' }),
    shipments: z.array(shipment).meta({ description: 'The dispatched parcels in the order of dispatch, up to 100.' }),
    createdAt: timeOf('The time at which the order was placed.'),
    updatedAt: timeOf('The time of the last change.'),
  })
  .meta({ title: 'Order', description: 'An order and its progress.', examples: [orderExample] })

export const orderParams = z.strictObject({ id: primitives.orderId })

/** The header with the path of the order. */
export const orderLocation = { Location: 'The path of the order.' }
