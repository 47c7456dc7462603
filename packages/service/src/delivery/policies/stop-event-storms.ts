/** Stops event storms: services that answer each other's events without end. */
import type { Language } from '@quadrille/messages'
import type { Incoming } from '../incoming.ts'
import type { Outcome } from '../outcome.ts'
import { type Policy, shortCircuit } from '../policy.ts'

/** The chain of causes that leads to the message is longer than the choreography allows. */
export class EventStorm extends Error {
  override readonly name = 'EventStorm'
}

/** Fails for a message with at least as many causes as a request has messages. Messages must have been read before. */
export const stopEventStorms = ({ messagesAtMost }: Pick<Language, 'messagesAtMost'>): Policy => {
  const stop = (incoming: Incoming): Outcome | undefined => {
    const { type, hops = 0 } = incoming.decoded().message
    if (hops < messagesAtMost) return undefined
    const error = new EventStorm(
      `${type} has ${hops} causes. In this choreography a request causes at most ${messagesAtMost} messages.`,
    )
    return { status: 'failed', error }
  }
  return (next) => (batch) => shortCircuit(batch, stop, next)
}
