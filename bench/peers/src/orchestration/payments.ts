/** The calls to the payment gateway. Each is one attempt, whose outcome may remain unknown. */
import type { Gateway } from '@quadrille/payment/gateway'
import type { Database } from '@quadrille/postgres'
import type { Order } from './order.ts'
import { beginCharge, capture, enterRefund, setPayment } from './store.ts'

/** How long an attempt waits for the gateway, ms. */
const timeoutMs = 10_000

export interface Payments {
  /** `stopped`: the order is cancelled or has expired, so this attempt did not charge it. */
  charge(order: Order, attempt: number): Promise<'captured' | 'declined' | 'stopped' | 'unknown'>
  /** Ensures that the order is never captured, or finds that it is. */
  cancelCharge(order: Order): Promise<'captured' | 'voided' | 'unknown'>
  /** Each round is a new request, after the gateway has refused the one before. */
  refund(order: Order, round: number, attempt: number): Promise<'refunded' | 'refused' | 'unknown'>
}

export const openPayments = (database: Database, gateway: Gateway): Payments => {
  const captured = async (entry: Parameters<typeof capture>[1]) => {
    await capture(database, entry)
    return 'captured' as const
  }
  const voided = async (id: string) => {
    await setPayment(database, id, 'voided')
    return 'voided' as const
  }
  const refunded = async (id: string) => {
    await enterRefund(database, id, null)
    return 'refunded' as const
  }
  return {
    charge: (order, attempt) =>
      unlessUnknown(async () => {
        const { id, total: amount, currency, method } = order
        if (amount === 0) return captured({ id, amount, reference: 'none' })
        const begin = async (reference: string) =>
          (await beginCharge(database, { id, reference, attempt })) ? { reference, attempt } : null
        const signal = AbortSignal.timeout(timeoutMs)
        const outcome = await gateway.charge({ orderId: id, amount, currency, method }, begin, signal)
        switch (outcome.status) {
          case 'captured':
            return captured({ id, ...outcome })
          case 'declined':
            await setPayment(database, id, 'declined')
            return 'declined'
          case 'cancelled':
          case 'stopped':
            return outcomeBefore(database, id)
        }
      }),

    cancelCharge: ({ id, total: amount, currency }) =>
      unlessUnknown(async () => {
        if (amount === 0) return voided(id)
        const reference = await referenceOf(database, id)
        const outcome = await gateway.cancel({ orderId: id, amount, currency, reference })
        if (outcome.status === 'captured') return captured({ id, ...outcome })
        return voided(id)
      }),

    refund: ({ id, total: amount }, round, attempt) =>
      unlessUnknown(async () => {
        const reference = await referenceOf(database, id)
        if (amount === 0) return refunded(id)
        if (reference === null) throw new Error(`Order ${id} was captured, but has no reference of the gateway.`)
        const outcome = await gateway.refund({ reference, round, attempt })
        if (outcome.status === 'refunded') return refunded(id)
        await setPayment(database, id, 'refund_failed')
        return 'refused'
      }),
  }
}

/** A crash may repeat an attempt whose outcome is stored already. Then the order may not be charged, because it is paid. */
const outcomeBefore = async (database: Database, id: string): Promise<'captured' | 'declined' | 'stopped'> => {
  const [row] = await database.query<{ status: string }>('select status from payment where order_id = $1', [id])
  return row?.status === 'captured' || row?.status === 'declined' ? row.status : 'stopped'
}

const referenceOf = async (database: Database, id: string): Promise<string | null> => {
  const [row] = await database.query<{ reference: string | null }>(
    'select gateway_reference as reference from payment where order_id = $1',
    [id],
  )
  return row?.reference ?? null
}

/** The gateway throws OutcomeUnknown if a call may or may not have had its effect. A later attempt finds the outcome. */
const unlessUnknown = async <Outcome>(call: () => Promise<Outcome>): Promise<Outcome | 'unknown'> => {
  try {
    return await call()
  } catch (error) {
    if (error instanceof Error && error.name === 'OutcomeUnknown') return 'unknown'
    throw error
  }
}
