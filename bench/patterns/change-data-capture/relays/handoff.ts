import { Relay } from '@quadrille/outbox'
import type { MakeRelay } from './port.ts'

/** The product's relay: it gets messages in memory after the commit, and a sweep finds those that a crash has left behind. */
export const handoff: MakeRelay = ({ database, publisher, onError }) => {
  const relay = new Relay({
    database,
    publisher,
    onError,
    service: 'bench',
    redactText: (text) => text,
    storeUnsendable: () => Promise.resolve(),
  })
  return {
    start: async () => relay.start(),
    prepare: (messages) => relay.prepare(messages),
    stop: () => relay.stop(),
  }
}
