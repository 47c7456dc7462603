/** The messages of a settled order: its events, and the internal messages that its rows imply. */
import { catalog, isMessageType, type MessageType } from '@quadrille/events'
import { messageId } from '@quadrille/messages'
import type { NamedMessage } from './row-format.ts'
import { cancelledMethod } from './stored.ts'

/** The rows of an order, as JSON. */
export interface OrderRows {
  readonly order: {
    readonly id: string
    readonly cancellation_reason: string | null
    readonly customer_id: string
    readonly customer_email: string
    readonly currency: string
    readonly total: number
    readonly lines: unknown
    readonly created_at: string
    readonly expires_at: string
  }
  readonly events: readonly { readonly event: { readonly type: string; readonly data: object } }[]
  readonly key: { readonly key: string; readonly request_hash: string } | undefined
  readonly payment: { readonly code: string | null; readonly refund_round: number }
  /** The method is null if nothing was charged. */
  readonly intent: { readonly reference: string; readonly method: string | null }
  readonly notifications: readonly {
    readonly channel: string
    readonly occasion: string
    readonly attempts: number
    readonly code: string | null
    readonly subject: string | null
    readonly text: string | null
  }[]
}

/** All messages that the order may have in an inbox or as the cause of an event. Some of them may not exist. */
export const messagesOf = (rows: OrderRows): NamedMessage[] => {
  const { order, events, notifications } = rows
  const orderId = order.id
  const own: readonly (readonly [MessageType, object])[] = [
    ['OrderSubmitted', submitted(rows)],
    ['CancellationRequested', { orderId, reason: order.cancellation_reason ?? 'customer' }],
    ...ofCharge(rows),
    ...notifications.map(({ channel, occasion, attempts, code, subject, text }) => {
      const key = { orderId, channel, occasion, attempts }
      if (code !== null) return ['NotificationUndeliverable', { ...key, code }] as const
      return ['NotificationDelivered', { ...key, ...(subject !== null && { kept: { subject, text } }) }] as const
    }),
  ]
  return [...events.map(({ event }) => published(event, rows)), ...own.map(([type, data]) => named(type, data))]
}

/** The history has no payment method. */
const published = ({ type, data }: { type: string; data: object }, { intent }: OrderRows): NamedMessage => {
  if (!isMessageType(type)) throw new Error(`This version does not know the message type ${type}.`)
  return named(type, type === 'OrderPlaced' ? { ...data, payment: { method: methodOf(intent) } } : data)
}

const methodOf = ({ method }: OrderRows['intent']): string => method ?? cancelledMethod

const submitted = ({ order, key, intent }: OrderRows): object => ({
  orderId: order.id,
  customer: { id: order.customer_id, email: order.customer_email },
  currency: order.currency,
  total: order.total,
  lines: order.lines,
  payment: { method: methodOf(intent) },
  createdAt: new Date(order.created_at).toISOString(),
  expiresAt: new Date(order.expires_at).toISOString(),
  ...(key && { idempotency: { key: key.key, requestHash: key.request_hash } }),
})

const ofCharge = ({ order, payment, intent }: OrderRows): readonly (readonly [MessageType, object])[] => {
  const object = { orderId: order.id, gatewayReference: intent.reference }
  return [
    ['ChargeSucceeded', { ...object, amount: order.total, currency: order.currency }],
    ['ChargeDeclined', { ...object, code: payment.code ?? '' }],
    ['ChargeCancelled', object],
    ['RefundSucceeded', { ...object, round: payment.refund_round }],
  ]
}

const named = (type: MessageType, data: object): NamedMessage => {
  const identity = identityOf(type, data)
  const { orderId } = data as { readonly orderId: string }
  return { id: messageId(orderId, type, identity), name: `${type}/${identity}`, data: canonical(data) }
}

/** The data are those of this type, which the compiler can't know. */
const identityOf = (type: MessageType, data: object): string =>
  (catalog[type].identity as (data: object) => string)(data)

/** Canonical JSON (RFC 8785) of data without keys that begin with a digit. */
const canonical = (value: unknown): string => JSON.stringify(sorted(value))

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  )
}
