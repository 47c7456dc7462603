/** The shop keeps the total of a fulfilled order, and nothing of a cancelled one, in its records and at the gateway. */

import type { MemoryWorld } from '../memory-world.ts'
import { now } from '../run.ts'
import { check } from './check.ts'

type Order = NonNullable<ReturnType<MemoryWorld['orders']['orders']['get']>>

export const checkMoney = ({ payments, gateway }: MemoryWorld, order: Order): void => {
  const { id, status, total, payment: shown } = order
  const payment = payments.payments.get(id)
  check(payment !== undefined, 'payment has a record of every order', id)
  check(payment.status === shown, `the order shows the status of its payment: ${payment.status}, not ${shown}`, id)
  const due = status === 'fulfilled' ? total : 0
  const captured = 'captured' in payment ? payment.captured : 0
  const refunded = payment.status === 'refunded' ? payment.captured : 0
  check(captured - refunded === due, `the shop keeps ${captured - refunded}, not ${due}`, id)

  const begunInTime = order.expiresAt > now
  check(begunInTime || total === 0 || captured === 0, 'no charge begins after the expiry', id)

  const byHand = payment.status === 'refunded' && payment.manualReference !== null ? 1 : 0
  const { captures, refunds, amount } = ledgerOf(gateway, id)
  check(
    captures * amount === captured,
    `the gateway captured ${captures} times ${amount}, the record has ${captured}`,
    id,
  )
  check(
    (refunds + byHand) * amount === refunded,
    `refunded ${refunds + byHand} times ${amount}, the record has ${refunded}`,
    id,
  )
}

const ledgerOf = ({ intents }: MemoryWorld['gateway'], orderId: string) => {
  const ofOrder = [...intents.values()].filter((intent) => intent.orderId === orderId)
  return {
    amount: ofOrder[0]?.amount ?? 0,
    captures: ofOrder.reduce((total, { captures }) => total + captures, 0),
    refunds: ofOrder.reduce((total, { refunds }) => total + refunds, 0),
  }
}
