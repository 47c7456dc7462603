import { Relay } from '@quadrille/outbox'
import { log } from './log.ts'
import type { MakeRelay } from './port.ts'
import { query } from './query.ts'
import { trigger } from './trigger.ts'

/** The product's relay: it gets messages in memory after the commit, and a sweep finds those that a crash has left behind. */
const handoff: MakeRelay = ({ database, publisher, onError }) => {
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

/** The compared relays by name. The first is the product's. */
export const relays = { handoff, query, trigger, log } as const satisfies Readonly<Record<string, MakeRelay>>

export type RelayName = keyof typeof relays

export const relayNames = Object.keys(relays) as readonly RelayName[]
