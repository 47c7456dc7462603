import { describe, expect, it } from 'vitest'
import { checkHandlers, choreography, type Handlers } from '../src/index.ts'

const { payment, order } = choreography
const complete: Handlers = {
  reactions: [...payment.consumes, ...payment.internal, ...payment.publishes],
  tasks: ['Charge', 'CancelCharge', 'Refund'],
}

describe('the check of handlers', () => {
  it('finds nothing where each message has its handler', () => {
    expect(checkHandlers(payment, complete)).toEqual([])
    expect(checkHandlers(order, { reactions: [...order.consumes, ...order.internal], tasks: [] })).toEqual([])
  })

  it('sees a missing reaction', () => {
    const reactions = complete.reactions.filter((type) => type !== 'OrderCancelled')
    expect(checkHandlers(payment, { ...complete, reactions })).toEqual(['payment has no reaction for OrderCancelled.'])
  })

  it('sees an event that could not be recalled', () => {
    const reactions = complete.reactions.filter((type) => type !== 'PaymentVoided')
    expect(checkHandlers(payment, { ...complete, reactions })).toEqual(['payment has no reaction for PaymentVoided.'])
  })

  it('sees a missing task', () => {
    const tasks = complete.tasks.filter((type) => type !== 'Refund')
    expect(checkHandlers(payment, { ...complete, tasks })).toEqual(['payment has no task for Refund.'])
  })

  it('sees a handler that the model lacks', () => {
    const more: Handlers = {
      reactions: [...complete.reactions, 'InventoryRejected'],
      tasks: [...complete.tasks, 'Notify'],
    }
    expect(checkHandlers(payment, more)).toEqual([
      'payment has a reaction for InventoryRejected, which its model lacks.',
      'payment has a task for Notify, which its model lacks.',
    ])
  })

  it('sees several handlers of one message', () => {
    const reactions = [...complete.reactions, 'OrderPlaced', 'OrderPlaced'] as const
    expect(checkHandlers(payment, { ...complete, reactions })).toEqual([
      'payment has more than one reaction for OrderPlaced.',
    ])
  })
})
