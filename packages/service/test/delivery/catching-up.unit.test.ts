import { expect, it } from 'vitest'
import { catchingUp } from '../../src/delivery/catching-up.ts'

const never = Number.POSITIVE_INFINITY

const reason = ({
  caughtUp = true,
  disconnected = null,
  blocked = null,
  restoredForMs = never,
  availableForMs = never,
  brokerChangedForMs = never,
  heldFor = null,
  releasedForMs = never,
}: {
  caughtUp?: boolean
  disconnected?: string | null
  blocked?: string | null
  restoredForMs?: number
  availableForMs?: number
  brokerChangedForMs?: number
  heldFor?: string | null
  releasedForMs?: number
}) =>
  catchingUp(
    {
      queue: 'tracker.inbox',
      consumer: { caughtUp: () => caughtUp, depth: async () => null, stop: async () => undefined },
      heldFor: () => heldFor,
      releasedForMs: () => releasedForMs,
    },
    {
      participant: { disconnected: () => disconnected, blocked: () => blocked, restoredForMs: () => restoredForMs },
      availability: { availableForMs: () => availableForMs },
      brokerChangedForMs: () => brokerChangedForMs,
    },
  )

it.each<[string, Parameters<typeof reason>[0], string | null]>([
  ['after a start without older messages', {}, null],
  ['without the broker', { caughtUp: false, disconnected: 'refused' }, 'the broker is unavailable (refused)'],
  ['during an alarm of the broker', { blocked: 'low on disk' }, 'the broker is unavailable (low on disk)'],
  ['while older messages wait', { caughtUp: false }, 'older messages in tracker.inbox are not handled yet'],
  [
    'while the messages of the inbox are held',
    { heldFor: 'error P0001' },
    'messages in tracker.inbox all fail alike, and are held (error P0001)',
  ],
  ['soon after a common fault', { releasedForMs: 6_000 }, 'messages in tracker.inbox were held until 6 s ago'],
  ['soon after an outage of Postgres', { availableForMs: 6_000 }, 'Postgres was unavailable 6 s ago'],
  ['soon after an outage of the broker', { restoredForMs: 6_000 }, 'the broker was unavailable until 6 s ago'],
  ['half a minute after all', { releasedForMs: 30_001, availableForMs: 30_001, restoredForMs: 30_001 }, null],
  ['soon after a change of the broker', { brokerChangedForMs: 60_000 }, 'the broker was changed 60 s ago'],
  ['five minutes after a change of the broker', { brokerChangedForMs: 300_001 }, null],
])('is known %s', (_, state, expected) => {
  expect(reason(state)).toBe(expected)
})
