/** Payment and inventory answer each cancellation once, and publish no answer without one. */
import type { Message, MessageType } from '@quadrille/events'
import { check } from './law.ts'

const ofPayment: readonly MessageType[] = ['PaymentDeclined', 'PaymentVoided', 'PaymentRefunded']
const ofInventory: readonly MessageType[] = ['InventoryRejected', 'InventoryReleased']

interface Ended {
  readonly id: string
  readonly status: string
}

export const checkAnswers = ({ id, status }: Ended, said: readonly Message[]): void => {
  const due = status === 'cancelled' ? 1 : 0
  for (const answers of [ofPayment, ofInventory]) {
    const given = said.filter(({ type }) => answers.includes(type)).map(({ type }) => type)
    check(given.length === due, `a ${status} order has ${due} of ${answers.join(', ')}, not ${given.join(', ')}`, id)
  }
  const types = new Set(said.map(({ type }) => type))
  const broken = types.has('PaymentVoided') && types.has('PaymentProcessed')
  check(!broken, 'a voided order was never captured, and never will be', id)
}
