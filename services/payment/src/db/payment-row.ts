/** Maps a payment to a row and back. */
import { hasCapture, isCancelled, type Payment, type WithCapture, type WithoutCapture } from '../domain/payment.ts'

interface BaseRow {
  readonly order_id: string
  readonly amount: number
  readonly currency: string
  readonly attempts: number
  readonly cancelled: boolean
}

interface RowWithoutCapture extends BaseRow {
  readonly status: WithoutCapture['status']
  readonly gateway_reference: string | null
  readonly code: string | null
}

/** A check constraint guarantees a reference for each captured payment. */
interface RowWithCapture extends BaseRow {
  readonly status: WithCapture['status']
  readonly gateway_reference: string
  readonly captured: number
  readonly refund_round: number
  readonly manual_reference: string | null
  readonly code: string | null
}

export type PaymentRow = RowWithoutCapture | RowWithCapture

export const toPayment = (row: PaymentRow): Payment => {
  const base = { orderId: row.order_id, amount: row.amount, currency: row.currency, attempts: row.attempts }
  switch (row.status) {
    case 'pending':
    case 'cancelling':
    case 'voided':
      return { ...base, status: row.status, gatewayReference: row.gateway_reference }
    case 'declined':
      return {
        ...base,
        status: row.status,
        gatewayReference: row.gateway_reference,
        cancelled: row.cancelled,
        code: row.code,
      }
    case 'captured':
      return { ...base, status: row.status, ...captureOf(row) }
    case 'refunding':
      return { ...base, status: row.status, ...captureOf(row), round: row.refund_round }
    case 'refund_failed':
      return { ...base, status: row.status, ...captureOf(row), round: row.refund_round, code: row.code }
    case 'refunded': {
      const manualReference = row.manual_reference
      return { ...base, status: row.status, ...captureOf(row), round: row.refund_round, manualReference }
    }
  }
}

const captureOf = ({ gateway_reference, captured }: RowWithCapture) => ({
  gatewayReference: gateway_reference,
  captured,
})

export const toRow = (payment: Payment) => ({
  order_id: payment.orderId,
  status: payment.status,
  cancelled: isCancelled(payment),
  amount: payment.amount,
  currency: payment.currency,
  gateway_reference: payment.gatewayReference,
  attempts: payment.attempts,
  captured: hasCapture(payment) ? payment.captured : 0,
  refunded: payment.status === 'refunded' ? payment.captured : 0,
  refund_round: 'round' in payment ? payment.round : 0,
  manual_reference: payment.status === 'refunded' ? payment.manualReference : null,
  code: 'code' in payment ? payment.code : null,
})
