import { describe, expect, test } from 'vitest'
import type { OpenTask, WaitingMessage, Whereabouts } from '../../src/page/api/types.ts'
import { type OutcomeFacts, outcomeOf } from '../../src/page/views/dead-letters/outcome.ts'

const event = { id: 'a letter', messageId: 'a message', type: 'OrderPlaced', queue: 'payment.inbox' }
const task = { id: 'a letter', messageId: 'a message', type: 'Charge', queue: 'payment.tasks' }

const at = '2026-11-28T12:00:00.000Z'

const waiting = (place: WaitingMessage['place'], messageId = 'a message'): WaitingMessage => ({
  ...{ messageId, causationId: null, type: 'OrderPlaced', place, queue: 'payment.inbox' },
  ...{ attempts: 1, error: 'It failed.', since: at, at, deadLetterId: null },
})

const whereabouts = (held: Partial<Whereabouts> = {}): Whereabouts => ({
  ...{ orderId: 'an order', handled: [], waiting: [], task: null },
  ...held,
})

const openTask: OpenTask = { type: 'Charge', queue: 'payment.tasks', attempts: 1, since: at, error: null }

const kindOf = (facts: Partial<OutcomeFacts>) =>
  outcomeOf({
    ...{ service: 'payment', letter: event, whereabouts: whereabouts(), parkedAgain: undefined, trial: undefined },
    ...facts,
  }).kind

describe('an event', () => {
  test('is handled only if the service reports it', () => {
    expect(kindOf({ whereabouts: whereabouts({ handled: ['OrderPlaced'] }) })).toBe('handled')
    expect(kindOf({ whereabouts: whereabouts({ handled: ['OrderCancelled'] }) })).toBe('waiting')
    expect(kindOf({ trial: { outcome: 'duplicate' } })).toBe('handled')
    expect(kindOf({ trial: { outcome: 'applied' } })).toBe('waiting')
  })

  test('still waits in an outbox or for a retry, also if one of its type was handled before', () => {
    for (const place of ['outbox', 'retry'] as const)
      expect(kindOf({ whereabouts: whereabouts({ handled: ['OrderPlaced'], waiting: [waiting(place)] }) })).toBe(
        'waiting',
      )
    const other = whereabouts({ handled: ['OrderPlaced'], waiting: [waiting('retry', 'another message')] })
    expect(kindOf({ whereabouts: other })).toBe('handled')
  })

  test('is a dead letter again if its message is parked, also if the service has handled one of its type', () => {
    const parkedAgain = { id: 'another letter', error: 'It failed.' }
    expect(kindOf({ parkedAgain, whereabouts: whereabouts({ handled: ['OrderPlaced'] }) })).toBe('again')
  })

  test('without an order is not claimed to be handled', () => {
    expect(kindOf({ whereabouts: undefined })).toBe('unrecorded')
    expect(kindOf({ whereabouts: undefined, trial: { outcome: 'failed' } })).toBe('waiting')
  })
})

describe('a task', () => {
  test('is handled if the service lists its open tasks without it', () => {
    expect(kindOf({ letter: task, whereabouts: whereabouts({ task: openTask }) })).toBe('waiting')
    expect(kindOf({ letter: task })).toBe('handled')
  })

  test('of a service that does not list its open tasks is not claimed to be handled', () => {
    const letter = { ...task, type: 'Notify', queue: 'notification.email' }
    expect(kindOf({ service: 'notification', letter })).toBe('unrecorded')
  })
})
