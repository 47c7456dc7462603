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
  /** A parked dead letter of the same message. */
  readonly parkedAgain: Pick<DeadLetter, 'id' | 'error'> | undefined
  /** The result of another dry run. Undefined if it was not needed. */
  readonly trial: Trial | undefined
}

/** The services that list their open tasks. Others have no record of a task that is done. */
const listsTasks: readonly string[] = ['payment']

export const isTask = (service: string, { queue }: Pick<DeadLetter, 'queue'>): boolean => queue !== `${service}.inbox`

export const outcomeOf = ({ service, letter, whereabouts, parkedAgain, trial }: OutcomeFacts): Outcome => {
  if (parkedAgain) return { kind: 'again', deadLetterId: parkedAgain.id, error: parkedAgain.error }
  const held = whereabouts?.waiting.find(
    ({ messageId, place }) => messageId === letter.messageId && place !== 'dead_letter',
  )
  if (held) return { kind: 'waiting', why: whyHeld(held) }
  if (isTask(service, letter)) return outcomeOfTask(service, letter, whereabouts)
  if (whereabouts?.handled.includes(letter.type) || trial?.outcome === 'duplicate' || trial?.outcome === 'ignored')
    return { kind: 'handled' }
  return whereabouts || trial ? { kind: 'waiting', why: 'It is in its queue.' } : { kind: 'unrecorded' }
}

const outcomeOfTask = (
  service: string,
  { type }: Pick<DeadLetter, 'type'>,
  whereabouts: Whereabouts | undefined,
): Outcome => {
  if (!whereabouts || !listsTasks.includes(service)) return { kind: 'unrecorded' }
  const { task } = whereabouts
  if (task?.type !== type) return { kind: 'handled' }
  return { kind: 'waiting', why: task.error === null ? 'It is in progress.' : `It is in progress. ${task.error}` }
}

const whyHeld = ({ place, error, at }: Whereabouts['waiting'][number]): string =>
  place === 'outbox'
    ? 'It is in the outbox.'
    : `It has failed again, and is tried again at ${timeOf(at)}.${error === null ? '' : ` ${error}`}`
