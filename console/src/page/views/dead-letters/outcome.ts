/** The outcome of a replay, from the state of the service. That the message was sent is not an outcome. */
import type { DeadLetter, Trial, Whereabouts } from '../../api/types.ts'
import { timeOf } from '../../format.ts'

export type Outcome =
  | { readonly kind: 'handled' }
  | { readonly kind: 'again'; readonly deadLetterId: string; readonly why: string }
  /** Not known yet. */
  | { readonly kind: 'waiting'; readonly why: string }
  /** The service has no record from which it can be told. Final if no later record can tell it, such as of another failure. */
  | { readonly kind: 'unrecorded'; readonly isFinal: boolean; readonly why: string }

export interface OutcomeFacts {
  readonly service: string
  /** The dead letter that was replayed. */
  readonly letter: Pick<DeadLetter, 'id' | 'messageId' | 'type' | 'queue'>
  /** The order of the message in the service. Undefined if the message has none. */
  readonly whereabouts: Whereabouts | undefined
  /** The next dead letter of the same message. */
  readonly again: Pick<DeadLetter, 'id' | 'error'> | undefined
  /** The result of another dry run, after the replay. */
  readonly trial: Pick<Trial, 'outcome'>
  /** The time since the replay, ms. */
  readonly ageMs: number
}

/** With the default of RETRY_ATTEMPTS, a message fails finally within 13 min after its replay, ms. */
const failedWithinMs = 15 * 60_000
/** The smallest INBOX_TTL, ms. After it the inbox may have forgotten a message that was handled. */
const recordedForMs = 24 * 3_600_000

/** The services that show the oldest open task of an order. Others have no record of a task that is done. */
const showsTask: readonly string[] = ['payment', 'notification']

/**
 * A message that was handled is a duplicate in another dry run. That a message of its type was handled does not prove it: it may
 * have been a different one, such as with the reason `id_conflict`.
 */
export const outcomeOf = (facts: OutcomeFacts): Outcome => {
  const { letter, whereabouts, again, trial, ageMs } = facts
  if (again) return { kind: 'again', deadLetterId: again.id, why: again.error }
  const held = whereabouts?.waiting.find(
    ({ messageId, place }) => messageId === letter.messageId && place !== 'dead_letter',
  )
  if (held) return { kind: 'waiting', why: whyHeld(held) }
  switch (trial.outcome) {
    case 'duplicate':
    case 'ignored':
      return { kind: 'handled' }
    case 'applied':
    case 'failed':
      return inQueue(ageMs)
    case 'not_tried':
      return outcomeOfUntried(facts)
  }
}

/** Of a task, of an event that the service publishes, or of a message that has crashed processes. */
const outcomeOfUntried = ({ service, letter, whereabouts, ageMs }: OutcomeFacts): Outcome => {
  const { type, queue } = letter
  if (!whereabouts || queue === `${service}.events`) return unrecorded(ageMs)
  if (queue === `${service}.inbox`) return whereabouts.handled.includes(type) ? { kind: 'handled' } : inQueue(ageMs)
  if (!showsTask.includes(service)) return unrecorded(ageMs)
  const { task } = whereabouts
  if (task?.type !== type) return { kind: 'handled' }
  if (task.messageId !== null && task.messageId !== letter.messageId) return unrecorded(ageMs) // this one may be open too
  return { kind: 'waiting', why: task.error === null ? 'It is in progress.' : `It is in progress. ${task.error}` }
}

const inQueue = (ageMs: number): Outcome =>
  ageMs < recordedForMs ? { kind: 'waiting', why: 'It is in its queue.' } : unrecorded(ageMs)

const unrecorded = (ageMs: number): Outcome => ({
  kind: 'unrecorded',
  isFinal: ageMs >= failedWithinMs,
  why: 'It has not failed since. The service has no record of it that says more.',
})

/** Whether it is read no more. */
export const isFinal = (outcome: Outcome): boolean =>
  outcome.kind === 'unrecorded' ? outcome.isFinal : outcome.kind !== 'waiting'

const whyHeld = ({ place, error, at }: Whereabouts['waiting'][number]): string =>
  place === 'outbox'
    ? 'It is in the outbox.'
    : `It has failed again, and is tried again at ${timeOf(at)}.${error === null ? '' : ` ${error}`}`
