/** Payment and inventory answer each cancellation once, and publish no answer without a cancellation. */
import type { Message, MessageType } from '@quadrille/events'
import { check } from './check.ts'

const ofPayment: readonly MessageType[] = ['PaymentDeclined', 'PaymentVoided', 'PaymentRefunded']
const ofInventory: readonly MessageType[] = ['InventoryRejected', 'InventoryReleased']

interface Ended {
  readonly id: string
  readonly status: string
}

export const checkAnswers = ({ id, status }: Ended, published: readonly Message[]): void => {
  const due = status === 'cancelled' ? 1 : 0
  for (const answers of [ofPayment, ofInventory]) {
    const given = published.filter(({ type }) => answers.includes(type)).map(({ type }) => type)
    check(given.length === due, `a ${status} order has ${due} of ${answers.join(', ')}, not ${given.join(', ')}`, id)
  }
  const types = new Set(published.map(({ type }) => type))
  const broken = types.has('PaymentVoided') && types.has('PaymentProcessed')
  check(!broken, 'a voided payment is never captured', id)
}
