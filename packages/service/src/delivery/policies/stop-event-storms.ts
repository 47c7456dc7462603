import type { Language, ServiceModel } from '@quadrille/messages'
import { eventStormIn } from '../event-storm.ts'
import type { Incoming } from '../incoming.ts'
import type { Outcome } from '../outcome.ts'
import { type Policy, shortCircuit } from '../policy.ts'

/** A message that belongs to an event storm becomes a dead letter. Messages must have been read before. */
export const stopEventStorms = (language: Language, service: ServiceModel): Policy => {
  const findStorm = eventStormIn(language, service)
  const stop = (incoming: Incoming): Outcome | undefined => {
    const error = findStorm(incoming.decoded().message)
    return error ? { status: 'dead_letter', reason: 'event_storm', error } : undefined
  }
  return (next) => (batch) => shortCircuit(batch, stop, next)
}
