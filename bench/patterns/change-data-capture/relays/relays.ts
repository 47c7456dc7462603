import { handoff } from './handoff.ts'
import { log } from './log.ts'
import type { MakeRelay } from './port.ts'
import { query } from './query.ts'
import { trigger } from './trigger.ts'

/** The compared relays by name. The first is the product's. */
export const relays = { handoff, query, trigger, log } as const satisfies Readonly<Record<string, MakeRelay>>

export type RelayName = keyof typeof relays

export const relayNames = Object.keys(relays) as readonly RelayName[]
