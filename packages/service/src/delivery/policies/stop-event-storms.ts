/** Stops event storms: services that answer each other's events without end. */
import { type Language, messagesAtMost, type ServiceModel } from '@quadrille/messages'
import { EventStorm } from '../event-storm.ts'
import type { Incoming } from '../incoming.ts'
import type { Outcome } from '../outcome.ts'
import { type Policy, shortCircuit } from '../policy.ts'

/**
 * Fails for a message with more causes than the model allows, which includes the service itself. Messages must have been read
 * before.
 */
export const stopEventStorms = ({ messages, services }: Language, service: ServiceModel): Policy => {
  const atMost = messagesAtMost({ messages, services: { ...services, [service.name]: service } })
  const stop = (incoming: Incoming): Outcome | undefined => {
    const { type, hops = 0 } = incoming.decoded().message
    if (hops < atMost) return undefined
    const detail = `${type} has ${hops} causes; in this choreography a message causes at most ${atMost - 1} others`
    return { status: 'failed', error: new EventStorm(detail) }
  }
  return (next) => (batch) => shortCircuit(batch, stop, next)
}
