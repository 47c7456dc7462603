/** The shop keeps the total of a fulfilled order, and nothing of a cancelled one, in its records and at the gateway. */

import type { MemoryWorld } from '../memory-world.ts'
import { now } from '../run.ts'
import { check } from './check.ts'

type Order = NonNullable<ReturnType<MemoryWorld['orders']['orders']['get']>>

export const checkMoney = (world: MemoryWorld, order: Order): void => {
  const { payments, gateway } = world
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

  const byHand = manualRefundsOf(world, id).length
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

/**
 * The references of the refunds that an operator has made by hand, as on the list of the bank: a database that is restored
 * does not know them all.
 */
export const manualRefundsOf = ({ steps }: MemoryWorld, orderId: string): readonly string[] => {
  const events = steps.payment.flatMap((step) => (step.message.subject === orderId ? step.events : []))
  const references = events.flatMap((event) => (event.type === 'PaymentRefunded' ? [event.data.gatewayReference] : []))
  return [...new Set(references.filter((reference) => reference.startsWith('transfer-')))]
}

const ledgerOf = ({ intents }: MemoryWorld['gateway'], orderId: string) => {
  const ofOrder = [...intents.values()].filter((intent) => intent.orderId === orderId)
  return {
    amount: ofOrder[0]?.amount ?? 0,
    captures: ofOrder.reduce((total, { captures }) => total + captures, 0),
    refunds: ofOrder.reduce((total, { refunds }) => total + refunds, 0),
  }
}
