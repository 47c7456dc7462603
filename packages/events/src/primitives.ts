/**
 * The values in messages. Money is an integer in minor units; times are RFC 3339; there are no floats. The generated
 * reference pages show titles and descriptions. They are not part of a published version's contract.
 */
import { text, uuid } from '@quadrille/messages'
import { z } from 'zod'

export const orderId = uuid.meta({ description: 'The id of the order.' })
export const sku = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be 1 to 64 letters, digits, ".", "_" or "-", beginning with a letter or digit',
  )
  .meta({ description: 'The stock keeping unit: the name of an article in the catalog.' })
export const quantity = z.int().min(1).max(1_000_000).meta({ description: 'The number of pieces.' })

/** Minor units of the currency by ISO 4217 (cents), 0 to 10^12. */
export const amount = z
  .int()
  .min(0)
  .max(1_000_000_000_000)
  .meta({ description: 'An amount of money in minor units of the currency by ISO 4217, such as cents.' })

/**
 * The currency in events: the form of an ISO 4217 alphabetic code. Consumers trust a code that the order service has
 * accepted.
 */
export const currencyCode = z
  .string()
  .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code of three capital letters')
  .meta({ description: 'The currency of all amounts, as an ISO 4217 code.' })

/**
 * The currencies of new orders: codes that the runtime supports, and those of ISO 4217 that it lacks, without precious metals
 * and the like. Checked at the HTTP interface only, because runtimes differ.
 */
const currencies = new Set([
  ...Intl.supportedValuesOf('currency'),
  'BOV',
  'CHE',
  'CHW',
  'CLF',
  'COU',
  'MXV',
  'USN',
  'UYI',
  'UYW',
  'VED',
])
export const currency = currencyCode.refine((code) => currencies.has(code), 'must be a currency code of ISO 4217')

/**
 * z.email rejects control characters, including CR and LF. RFC 5321, section 4.5.3.1.3, limits a path to 256 octets
 * with its brackets.
 */
export const email = z.email().max(254)

const maxLines = 1_000
export const customer = z
  .object({
    id: text(100).min(1).meta({ description: 'The id of the customer in the shop.' }),
    email: email.meta({ description: 'The address for notifications by email.' }),
  })
  .meta({ title: 'Customer', description: 'The customer who placed the order.' })
export const line = z
  .object({
    sku,
    quantity,
    unitPrice: amount.meta({ description: 'The price of one piece in minor units of the currency by ISO 4217.' }),
  })
  .meta({ title: 'Line', description: 'A number of pieces of one SKU at one price.' })
export const lines = z.array(line).min(1).max(maxLines).meta({ description: 'The articles that are ordered.' })
export const total = amount.meta({
  description: 'The sum of quantity × unitPrice over all lines, in minor units of the currency.',
})

/** The pieces of one SKU, summed over the lines of an order. */
const stockQuantity = z.int().max(maxLines * 1_000_000)
export const stockLine = z
  .object({ sku, quantity: stockQuantity.min(1).meta({ description: 'The number of pieces, summed over the order.' }) })
  .meta({ title: 'StockLine', description: 'A number of pieces of one SKU.' })
export const stockLines = z
  .array(stockLine)
  .max(maxLines)
  .meta({ description: 'The pieces of each SKU; each SKU appears once.' })
export const missingLine = z
  .object({
    sku,
    requested: stockQuantity.min(1).meta({ description: 'The number of pieces that were ordered.' }),
    available: z.int().min(0).meta({ description: 'The number of pieces that were available.' }),
  })
  .meta({ title: 'MissingLine', description: 'A SKU of which too few pieces are available.' })
export const missingLines = z
  .array(missingLine)
  .min(1)
  .max(maxLines)
  .meta({ description: 'The SKUs of which too few pieces are available.' })

export const paymentMethod = text(255)
  .min(1)
  .meta({ description: 'The name of the payment method at the payment gateway. It is never a card number.' })
export const reference = text(100)
  .min(1)
  .meta({ description: 'The shop’s own reference for the order, such as its number.' })
const maxPairs = 16
export const metadataOf = (textOf: typeof text) =>
  z
    .record(textOf(100).min(1), textOf(500))
    .refine((pairs) => Object.keys(pairs).length <= maxPairs, `must have at most ${maxPairs} pairs`)
    .meta({ maxProperties: maxPairs, description: 'Key–value pairs of text that the shop attaches to the order.' })
export const metadata = metadataOf(text)
export const gatewayReference = text(255)
  .min(1)
  .meta({ description: 'The id of the transaction at the payment gateway.' })
export const code = text(100).min(1).meta({ description: 'The reason as a machine-readable code.' })

export const cancellationReason = z
  .enum(['customer', 'payment_declined', 'out_of_stock', 'expired'])
  .meta({ description: 'The reason for the cancellation.' })
export const channel = z
  .enum(['email', 'webhook', 'web'])
  .meta({ description: 'The channel through which the customer is notified.' })
/** The occasions that an order has at most once. */
export const orderOccasion = z
  .enum(['order_placed', 'order_fulfilled', 'order_cancelled', 'payment_refunded', 'refund_failed'])
  .meta({ description: 'The occasion of the notification.' })
/** The dispatch of a parcel. Its time distinguishes it from the other parcels of the order. */
export const parcelOccasion = z.templateLiteral([
  'shipment_dispatched:',
  z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
])
export const occasion = z.union([orderOccasion, parcelOccasion]).meta({
  description: 'The occasion of the notification. For a parcel it ends with the time of dispatch.',
})

export const carrier = text(100).min(1).meta({ description: 'The name of the carrier.' })
export const trackingCode = text(100).min(1).meta({ description: 'The carrier’s code for the parcel.' })

export type Customer = z.infer<typeof customer>
export type Line = z.infer<typeof line>
export type StockLine = z.infer<typeof stockLine>
export type MissingLine = z.infer<typeof missingLine>
export type CancellationReason = z.infer<typeof cancellationReason>
export type Channel = z.infer<typeof channel>
export type OrderOccasion = z.infer<typeof orderOccasion>
export type ParcelOccasion = z.infer<typeof parcelOccasion>
export type Occasion = z.infer<typeof occasion>
