/** A broker that shows the events that are published through it. */
import type { Broker, Participant, Publisher, WireMessage } from '@quadrille/messaging'

/** Takes an event before it is sent, also when it is sent again. Must not throw. */
export type OnEvent = (event: WireMessage) => void

/** Without tasks and replays, which go to a single service. */
export const watched = (broker: Broker, onEvent: OnEvent): Broker => ({
  join: (topology, stores) => {
    const participant = broker.join(topology, stores)
    return withPublisher(participant, watchedPublisher(participant.publisher, topology.events, onEvent))
  },
  close: () => broker.close(),
})

const watchedPublisher = (publisher: Publisher, exchange: string, onEvent: OnEvent): Publisher => ({
  publish: (to, message, options) => {
    if (to.exchange === exchange) onEvent(message)
    return publisher.publish(to, message, options)
  },
  waitingFor: () => publisher.waitingFor(),
  outboxAsQueue: publisher.outboxAsQueue,
})

const withPublisher = (participant: Participant, publisher: Publisher): Participant => ({
  publisher,
  system: participant.system,
  questions: participant.questions,
  consume: (queue, handle, options) => participant.consume(queue, handle, options),
  answer: (answer) => participant.answer(answer),
  disconnected: () => participant.disconnected(),
  blocked: () => participant.blocked(),
  restoredForMs: () => participant.restoredForMs(),
  leave: () => participant.leave(),
})
