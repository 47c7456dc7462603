/** The response about a payment. */
import type { Database } from '@quadrille/postgres'
import type { z } from 'zod'
import { findStatusTimes } from '../db/payment-table.ts'
import { isPaid, type Payment } from '../domain/payment.ts'
import type { paymentView, refundView } from './schema.ts'

/** A cancelled order's payment is shown as pending until the gateway's outcome is final. */
export const readView = async (database: Database, payment: Payment): Promise<z.output<typeof paymentView>> => ({
  orderId: payment.orderId,
  status: payment.status === 'cancelling' ? 'pending' : payment.status,
  captured: isPaid(payment) ? payment.captured : 0,
  refunded: payment.status === 'refunded' ? payment.captured : 0,
  currency: payment.currency,
  attempts: payment.attempts,
  gatewayReference: payment.gatewayReference,
  refund: await readRefund(database, payment),
})

const readRefund = async (database: Database, payment: Payment): Promise<z.output<typeof refundView> | null> => {
  if (!('round' in payment)) return null
  const { round: attempts, orderId } = payment
  const manualReference = payment.status === 'refunded' ? payment.manualReference : null
  if (payment.status !== 'refund_failed') return { attempts, refusal: null, manualReference }
  const at = (await findStatusTimes(database, [orderId])).get(orderId) // nothing changes the row of a refused refund
  return { attempts, refusal: at ? { code: payment.code, at: at.toISOString() } : null, manualReference }
}
