import { describe, expect, it } from 'vitest'
import {
  type Choreography,
  catalog,
  checkChoreography,
  choreography,
  consumersOf,
  type MessageType,
  publisherOf,
  type ServiceModel,
} from '../src/index.ts'

const { order, payment, inventory, notification } = choreography

/** The model with some services replaced. */
const changed = (services: Choreography): Choreography => ({ ...choreography, ...services })
const without = (types: readonly MessageType[], left: MessageType) => types.filter((type) => type !== left)

describe('the choreography', () => {
  it('leaves no message without somebody who handles it', () => {
    expect(checkChoreography(choreography)).toEqual([])
  })

  it('files every message under its own name', () => {
    expect(Object.entries(catalog).filter(([key, { type }]) => key !== type)).toEqual([])
  })

  it('knows the publisher of an event, and the consumers of a publisher', () => {
    expect(publisherOf('PaymentProcessed')?.name).toBe('payment')
    expect(publisherOf('Charge')).toBeUndefined()
    expect(consumersOf(payment).map(({ name }) => name)).toEqual(['order', 'inventory', 'notification'])
    expect(consumersOf(notification).map(({ name }) => name)).toEqual(['order'])
  })
})

describe('the check of a choreography', () => {
  const holes: Record<string, { readonly model: Choreography; readonly says: string }> = {
    'an event without a consumer': {
      model: changed({ order: { ...order, consumes: without(order.consumes, 'PaymentVoided') } }),
      says: 'Nobody consumes PaymentVoided.',
    },
    'an event without a publisher': {
      model: changed({ payment: { ...payment, publishes: without(payment.publishes, 'PaymentVoided') } }),
      says: 'PaymentVoided has 0 publishers; it needs exactly one.',
    },
    'a consumer of an event without a publisher': {
      model: changed({ payment: { ...payment, publishes: without(payment.publishes, 'PaymentVoided') } }),
      says: 'order consumes PaymentVoided, which nobody publishes.',
    },
    'an event with two publishers': {
      model: changed({ inventory: { ...inventory, publishes: [...inventory.publishes, 'PaymentVoided'] } }),
      says: 'PaymentVoided has 2 publishers; it needs exactly one.',
    },
    'a service that is not there': {
      model: { order, payment, inventory },
      says: 'order consumes NotificationSent, which nobody publishes.',
    },
    'a compensation that never reaches its service': {
      model: changed({ inventory: { ...inventory, compensates: ['Refund'] } }),
      says: 'inventory is to compensate by Refund, which it neither consumes nor has as a task.',
    },
    'an outcome that nobody handles': {
      model: changed({ payment: { ...payment, internal: without(payment.internal, 'ChargeDeclined') } }),
      says: 'payment does not handle ChargeDeclined, an outcome of Charge.',
    },
    'an internal message that nobody handles': {
      model: changed({ order: { ...order, internal: without(order.internal, 'CancellationRequested') } }),
      says: 'No service handles CancellationRequested.',
    },
    'an internal message of two services': {
      model: changed({ inventory: { ...inventory, internal: ['CancellationRequested'] } }),
      says: 'order and inventory: only one service handles CancellationRequested.',
    },
    'a task that nobody does': {
      model: changed({ notification: { ...notification, work: null } }),
      says: 'No service does the task Notify.',
    },
    'a task as an event': {
      model: changed({ order: { ...order, consumes: [...order.consumes, 'Charge'] } }),
      says: 'order consumes Charge, which is no event.',
    },
    'an event as an internal message': {
      model: changed({ order: { ...order, internal: [...order.internal, 'PaymentVoided'] } }),
      says: 'order is told from inside of PaymentVoided, which is no internal.',
    },
    'work without a queue': {
      model: changed({ payment: { ...payment, work: { ...payment.work, queues: [] } } }),
      says: 'payment has 0 work queues; without a fanout it needs exactly one.',
    },
    'several work queues that no fanout fills': {
      model: changed({ payment: { ...payment, work: { ...payment.work, queues: ['payment.a', 'payment.b'] } } }),
      says: 'payment has 2 work queues; without a fanout it needs exactly one.',
    },
    'a service under another name': {
      model: { ...choreography, stock: { ...(inventory satisfies ServiceModel), name: 'inventory' } },
      says: 'inventory is filed under stock.',
    },
  }

  it.each(Object.entries(holes))('sees %s', (_, { model, says }) => {
    expect(checkChoreography(model)).toContain(says)
  })
})
