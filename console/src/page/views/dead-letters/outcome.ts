/** The outcome of a replay, from the state of the service. That the message was sent is not an outcome. */
import type { DeadLetter, Trial, Whereabouts } from '../../api/types.ts'
import { timeOf } from '../../format.ts'

export type Outcome =
  | { readonly kind: 'handled' }
  | { readonly kind: 'again'; readonly deadLetterId: string; readonly error: string }
  /** Not known yet. */
  | { readonly kind: 'waiting'; readonly why: string }
  /** It has not failed since, and the service has no record from which the rest can be told. */
  | { readonly kind: 'unrecorded' }

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
}

/** The services that list their open tasks. Others have no record of a task that is done. */
const listsTasks: readonly string[] = ['payment']

/**
 * A message that was handled is a duplicate in another dry run. That a message of its type was handled does not prove it: it may
 * have been a different one, such as with the reason `id_conflict`.
 */
export const outcomeOf = ({ service, letter, whereabouts, again, trial }: OutcomeFacts): Outcome => {
  if (again) return { kind: 'again', deadLetterId: again.id, error: again.error }
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
      return { kind: 'waiting', why: 'It is in its queue.' }
    case 'not_tried':
      return outcomeOfUntried(service, letter, whereabouts)
  }
}

/** Of a task, of an event that the service publishes, or of a message that has crashed processes. */
const outcomeOfUntried = (
  service: string,
  { type, queue }: Pick<DeadLetter, 'type' | 'queue'>,
  whereabouts: Whereabouts | undefined,
): Outcome => {
  if (!whereabouts || queue === `${service}.events`) return { kind: 'unrecorded' }
  if (queue !== `${service}.inbox`) return outcomeOfTask(service, type, whereabouts)
  return whereabouts.handled.includes(type) ? { kind: 'handled' } : { kind: 'waiting', why: 'It is in its queue.' }
}

const outcomeOfTask = (service: string, type: string, { task }: Whereabouts): Outcome => {
  if (!listsTasks.includes(service)) return { kind: 'unrecorded' }
  if (task?.type !== type) return { kind: 'handled' }
  return { kind: 'waiting', why: task.error === null ? 'It is in progress.' : `It is in progress. ${task.error}` }
}

const whyHeld = ({ place, error, at }: Whereabouts['waiting'][number]): string =>
  place === 'outbox'
    ? 'It is in the outbox.'
    : `It has failed again, and is tried again at ${timeOf(at)}.${error === null ? '' : ` ${error}`}`
