import { describe, expect, test } from 'vitest'
import type { OpenTask, WaitingMessage, Whereabouts } from '../../src/page/api/types.ts'
import { isFinal, type OutcomeFacts, outcomeOf } from '../../src/page/views/dead-letters/outcome.ts'

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

const openTask: OpenTask = {
  messageId: null,
  type: 'Charge',
  queue: 'payment.tasks',
  attempts: 1,
  since: at,
  error: null,
}

const outcome = (facts: Partial<OutcomeFacts>) =>
  outcomeOf({
    ...{ service: 'payment', letter: event, whereabouts: whereabouts(), again: undefined },
    ...{ trial: { outcome: 'applied' }, ageMs: 0, ...facts },
  })

const kindOf = (facts: Partial<OutcomeFacts>) => outcome(facts).kind

const duplicate = { outcome: 'duplicate' } as const
const notTried = { outcome: 'not_tried' } as const
const hourMs = 3_600_000

describe('an event', () => {
  test('is handled only if the service reports it', () => {
    expect(kindOf({ trial: { outcome: 'applied' } })).toBe('waiting')
    expect(kindOf({ trial: duplicate })).toBe('handled')
    expect(kindOf({ trial: { outcome: 'ignored' } })).toBe('handled')
  })

  test('is not handled because a different one of its type was: it fails again (id_conflict)', () => {
    expect(kindOf({ trial: { outcome: 'failed' }, whereabouts: whereabouts({ handled: ['OrderPlaced'] }) })).toBe(
      'waiting',
    )
  })

  test('still waits in an outbox or for a retry; another message does not matter', () => {
    for (const place of ['outbox', 'retry'] as const)
      expect(kindOf({ trial: duplicate, whereabouts: whereabouts({ waiting: [waiting(place)] }) })).toBe('waiting')
    const other = whereabouts({ waiting: [waiting('retry', 'another message')] })
    expect(kindOf({ trial: duplicate, whereabouts: other })).toBe('handled')
  })

  test('is not said to wait when the inbox may have forgotten it', () => {
    for (const trial of [{ outcome: 'applied' }, { outcome: 'failed' }, notTried] as const) {
      expect(kindOf({ trial, ageMs: 23 * hourMs })).toBe('waiting')
      expect(kindOf({ trial, ageMs: 24 * hourMs })).toBe('unrecorded')
    }
    const held = whereabouts({ waiting: [waiting('retry')] })
    expect(kindOf({ ageMs: 24 * hourMs, whereabouts: held })).toBe('waiting')
  })

  test('is a dead letter again if its message has become another one', () => {
    const again = { id: 'another letter', error: 'It failed.' }
    expect(kindOf({ again, trial: duplicate })).toBe('again')
  })

  test('that has crashed processes is handled if one of its type was', () => {
    expect(kindOf({ trial: notTried })).toBe('waiting')
    expect(kindOf({ trial: notTried, whereabouts: whereabouts({ handled: ['OrderPlaced'] }) })).toBe('handled')
    expect(kindOf({ trial: notTried, whereabouts: undefined })).toBe('unrecorded')
  })

  test('that its own service could not publish is not claimed to be handled', () => {
    expect(kindOf({ trial: notTried, letter: { ...event, queue: 'payment.events' } })).toBe('unrecorded')
  })
})

describe('a task', () => {
  test('is handled if the service lists its open tasks without it', () => {
    const facts = { letter: task, trial: notTried }
    expect(kindOf({ ...facts, whereabouts: whereabouts({ task: openTask }) })).toBe('waiting')
    expect(kindOf(facts)).toBe('handled')
  })

  test('that can not be read is in its queue until it is a dead letter again', () => {
    expect(kindOf({ letter: task, trial: { outcome: 'failed' } })).toBe('waiting')
  })

  test('of many per order is handled if none is open, and unknown if another one is', () => {
    const letter = { ...task, type: 'Notify', queue: 'notification.email' }
    const kindWith = (messageId?: string) => {
      const open = messageId === undefined ? null : { ...openTask, type: 'Notify', messageId }
      return kindOf({ service: 'notification', letter, trial: notTried, whereabouts: whereabouts({ task: open }) })
    }
    expect(kindWith()).toBe('handled')
    expect(kindWith('a message')).toBe('waiting')
    expect(kindWith('another message')).toBe('unrecorded')
  })

  test('of a service that does not show open tasks is not claimed to be handled', () => {
    const letter = { ...task, type: 'ProcessPhoto', queue: 'inventory.tasks' }
    expect(kindOf({ service: 'inventory', letter, trial: notTried })).toBe('unrecorded')
  })
})

test('an outcome without a record is final once the message would have failed again', () => {
  const facts = { trial: notTried, whereabouts: undefined }
  expect(isFinal(outcome({ ...facts, ageMs: 60_000 }))).toBe(false)
  expect(isFinal(outcome({ ...facts, ageMs: hourMs }))).toBe(true)
  expect(isFinal(outcome({ trial: duplicate }))).toBe(true)
  expect(isFinal(outcome({ again: { id: 'another letter', error: 'It failed.' } }))).toBe(true)
  expect(isFinal(outcome({ ageMs: hourMs }))).toBe(false)
})
