import type { Selection } from '@quadrille/audit'
import { type Draft, declineCategory, draft } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'
import type { EventKey, History } from '../history.ts'
import type { Compare, Comparison } from './comparison.ts'

type Status = 'pending' | 'cancelling' | 'voided' | 'declined' | 'captured' | 'refunding' | 'refund_failed' | 'refunded'

/** A row of the table `payment`. Amounts are in minor units. */
export interface PaymentRow {
  readonly orderId: string
  readonly status: Status
  readonly cancelled: boolean
  readonly amount: number
  readonly currency: string
  readonly captured: number
  readonly gatewayReference: string | null
  readonly round: number
  readonly manualReference: string | null
  /** The reason of the decline, or of the last refusal of the refund. */
  readonly code: string | null
  /** The reason of the refusal in the first round, which PaymentRefundFailed has published. */
  readonly firstRefusal: string | null
}

export const readPayments = async (sql: Sql, { where, values }: Selection): Promise<Compare> => {
  const rows = await sql.query<PaymentRow>(
    `select order_id as "orderId", status, cancelled, amount, currency, captured, gateway_reference as "gatewayReference",
            refund_round as round, manual_reference as "manualReference", code,
            (select refusal.code from refund_refusal as refusal
             where refusal.order_id = payment.order_id and refusal.round = 1) as "firstRefusal"
     from payment where ${where('order_id')}`,
    values,
  )
  const payments = new Map(rows.map((row) => [row.orderId, row]))
  return (orderId, history) => comparePayment(history, payments.get(orderId))
}

const chargeOutcomes = ['PaymentProcessed', 'PaymentDeclined'] as const

/**
 * The events that a payment may lack, by its status. The first one that is in the history is sent next. Payment's own
 * events come before a cancellation, which then finds the capture and the refund, so that nothing is refunded twice.
 */
const missedIn: Readonly<Record<Status | 'unknown', readonly EventKey[]>> = {
  unknown: [...chargeOutcomes, 'OrderCancelled'],
  pending: [...chargeOutcomes, 'OrderCancelled'],
  cancelling: [...chargeOutcomes, 'PaymentVoided'],
  voided: ['PaymentProcessed'],
  declined: ['PaymentProcessed', 'PaymentVoided'],
  captured: ['PaymentRefundFailed', 'PaymentRefunded', 'OrderCancelled'], // no refusal is stored after a refund
  refunding: ['PaymentRefundFailed', 'PaymentRefunded'],
  refund_failed: ['PaymentRefunded'],
  refunded: [],
}

/**
 * OrderPlaced is never sent to payment, because the history does not contain the payment method. An order without an
 * outcome of the charge can't be charged any more, and expires.
 */
export const comparePayment = (history: History, payment?: PaymentRow): Comparison => {
  const next = [...candidatesOf(payment), ...lateCancellation(payment)].find((key) => history.has(key))
  return {
    missed: next ? [next] : [],
    published: payment ? publishedBy(payment) : [],
    tasks: payment && !next ? openTaskOf(payment) : [],
  }
}

const candidatesOf = (payment?: PaymentRow): readonly EventKey[] => {
  const refundIsRepeated = payment?.status === 'refunding' && payment.round > 1
  // PaymentRefundFailed in the history may belong to an earlier round, which these records include.
  return refundIsRepeated ? ['PaymentRefunded'] : missedIn[payment?.status ?? 'unknown']
}

/**
 * A declined payment also records the cancellation of its order, so that a capture that arrives later is refunded.
 */
const lateCancellation = (payment?: PaymentRow): readonly EventKey[] =>
  payment?.status === 'declined' && !payment.cancelled ? ['OrderCancelled'] : []

const publishedBy = (payment: PaymentRow): readonly Draft[] => {
  const { orderId, status, amount, currency, captured, code } = payment
  const reference = payment.gatewayReference ?? ''
  const processed = draft('PaymentProcessed', { orderId, amount: captured, currency, gatewayReference: reference })
  switch (status) {
    case 'captured':
      return [processed]
    case 'refunding':
    case 'refund_failed':
      return [processed, ...refusalOf(payment)]
    case 'refunded': {
      const gatewayReference = payment.manualReference ?? reference
      const refunded = draft('PaymentRefunded', { orderId, amount: captured, currency, gatewayReference })
      return [processed, ...refusalOf(payment), refunded]
    }
    case 'voided':
      return [draft('PaymentVoided', { orderId })]
    case 'declined':
      return code
        ? [draft('PaymentDeclined', { orderId, amount, currency, code, category: declineCategory(code) })]
        : []
    case 'pending':
    case 'cancelling':
      return []
  }
}

/** PaymentRefundFailed, if the gateway refused the first refund. It is published once, and a later refund does not undo it. */
const refusalOf = (payment: PaymentRow): readonly Draft[] => {
  const { orderId, captured: amount, currency } = payment
  const code = payment.status === 'refund_failed' && payment.round === 1 ? payment.code : payment.firstRefusal
  return code ? [draft('PaymentRefundFailed', { orderId, amount, currency, code })] : []
}

/** The task whose outcome is missing. A charge can't be repeated, because its payment method is not stored. */
const openTaskOf = ({ orderId, status, ...payment }: PaymentRow): readonly Draft[] => {
  const { amount, captured, currency, gatewayReference, round } = payment
  if (status === 'cancelling') return [draft('CancelCharge', { orderId, amount, currency })]
  if (status !== 'refunding' || gatewayReference === null) return []
  return [draft('Refund', { orderId, amount: captured, currency, gatewayReference, round })]
}
