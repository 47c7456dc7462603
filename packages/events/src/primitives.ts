/** The values that events are made of. Money is an integer in minor units; times are RFC 3339; nothing is a float. */
import { z } from 'zod'

/** Text that a person may have typed: no control characters (U+0000–U+001F, U+007F) and no lone surrogates. */
export const text = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must have no control characters')
    .refine((value) => value.isWellFormed(), 'must have no lone surrogates')

export const orderId = z.uuid()
export const sku = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-", and start with a letter or digit')
export const quantity = z.int().min(1).max(1_000_000)

/** Minor units of the currency (cents), 0 to 10^12. */
export const amount = z.int().min(0).max(1_000_000_000_000)

/** ISO 4217 alphabetic codes that the runtime knows. */
const currencies = new Set(Intl.supportedValuesOf('currency'))
export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .refine((code) => currencies.has(code), 'must be an ISO 4217 currency code')

export const timestamp = z.iso.datetime({ offset: true })

/** z.email refuses control characters and so CR/LF. RFC 5321 section 4.5.3.1.3 bounds a path to 256 octets with its brackets. */
export const email = z.email().max(254)

export const customer = z.object({ id: text(100).min(1), email })
export const line = z.object({ sku, quantity, unitPrice: amount })
export const stockLine = z.object({ sku, quantity })
export const missingLine = z.object({ sku, requested: z.int().min(1), available: z.int().min(0) })
export const paymentMethod = text(255).min(1)
export const reference = text(100).min(1)
export const metadata = z
  .record(text(100).min(1), text(500))
  .refine((pairs) => Object.keys(pairs).length <= 16, 'must have at most 16 pairs')
export const gatewayReference = text(255).min(1)
export const code = text(100).min(1)

export const cancellationReason = z.enum(['customer', 'payment_declined', 'out_of_stock', 'expired'])
export const channel = z.enum(['email', 'webhook', 'web'])
export const occasion = z.enum(['order_placed', 'order_fulfilled', 'order_cancelled', 'payment_refunded', 'refund_failed'])

export type Customer = z.infer<typeof customer>
export type Line = z.infer<typeof line>
export type StockLine = z.infer<typeof stockLine>
export type MissingLine = z.infer<typeof missingLine>
export type CancellationReason = z.infer<typeof cancellationReason>
export type Channel = z.infer<typeof channel>
export type Occasion = z.infer<typeof occasion>
