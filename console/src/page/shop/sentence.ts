/** Says in a sentence which answer is missing, and where the message is that it depends on. */
import type { Diagnosis } from '../api/types.ts'

export type { Diagnosis }

type Where = Diagnosis['where']

/** "PaymentProcessed or PaymentDeclined". */
export const eventsOf = ({ missing }: Pick<Diagnosis, 'missing'>): string => missing.join(' or ')

/** Where the message is that the order waits for, and its last error. */
export const whereOf = ({ where }: Pick<Diagnosis, 'where'>): string => `${placeOf(where)}${errorOf(where)}`

const placeOf = ({ service, place, type, queue, attempts }: Where): string => {
  const message = type ?? 'The message'
  switch (place) {
    case 'outbox':
      return `${message} is in the outbox of ${service} and not yet sent.`
    case 'queue':
      return type
        ? `${message} waits in ${queue ?? `a queue of ${service}`}, or is being handled.`
        : `The answer waits in ${queue ?? `a queue of ${service}`}.`
    case 'retry':
      return `${message} has failed in ${service}${counted(attempts)} and will be tried again.`
    case 'dead_letter':
      return `${message} is a dead letter of ${service}.`
    case 'task':
      return type
        ? `The task ${type} is in progress in ${service}${counted(attempts)}.`
        : `The ${service} service has no work left for it, so a person must act.`
    case 'unknown':
      return `The messages in ${service} can’t be read, so it is unknown where the message is.`
  }
}

const counted = (attempts: number | null): string => {
  if (!attempts) return ''
  return attempts === 1 ? ' (1 attempt)' : ` (${attempts} attempts)`
}

const errorOf = ({ error }: Where): string => (error ? ` ${error}${/[.!?]$/.test(error) ? '' : '.'}` : '')
