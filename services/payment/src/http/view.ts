/** The response about a payment. */
import type { Database } from '@quadrille/postgres'
import type { z } from 'zod'
import { findRefusals } from '../db/refusal-table.ts'
import { hasCapture, type Payment } from '../domain/payment.ts'
import { intentReference } from '../domain/reference.ts'
import { maxRefusals, type paymentView, type refundView } from './schema.ts'

/** A cancelled order's payment is shown as pending until the gateway's outcome is final. */
export const readView = async (database: Database, payment: Payment): Promise<z.output<typeof paymentView>> => ({
  orderId: payment.orderId,
  status: payment.status === 'cancelling' ? 'pending' : payment.status,
  captured: hasCapture(payment) ? payment.captured : 0,
  refunded: payment.status === 'refunded' ? payment.captured : 0,
  currency: payment.currency,
  attempts: payment.attempts,
  gatewayReference: intentReference(payment.gatewayReference),
  refund: await readRefund(database, payment),
})

const readRefund = async (database: Database, payment: Payment): Promise<z.output<typeof refundView> | null> => {
  if (!('round' in payment)) return null
  const { round: attempts, orderId } = payment
  const manualReference = payment.status === 'refunded' ? payment.manualReference : null
  const found = await findRefusals(database, orderId, maxRefusals)
  const refusals = found.map(({ round, code, at }) => ({ attempt: round, code, at: at.toISOString() }))
  const last = payment.status === 'refund_failed' && refusals.find(({ attempt }) => attempt === attempts)
  const refusal = last ? { code: last.code, at: last.at } : null
  return { attempts, refusal, refusals, manualReference }
}
