/** Recognizes event storms: services that answer each other's events without end. */
import { type Language, type Message, messagesAtMost, type ServiceModel } from '@quadrille/messages'

/** Null if the chain that leads to the message has no more hops than the model allows, which includes the service itself. */
export type FindEventStorm = (message: Pick<Message, 'type' | 'hops'>) => Error | null

export const eventStormIn = (
  { messages, services }: Pick<Language, 'messages' | 'services'>,
  service: ServiceModel,
): FindEventStorm => {
  const atMost = messagesAtMost({ messages, services: { ...services, [service.name]: service } })
  return ({ type, hops = 0 }) =>
    hops < atMost ? null : new Error(`${type} has ${hops} hops; a chain of this choreography has at most ${atMost - 1}`)
}
