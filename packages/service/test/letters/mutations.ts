/** Ways to spoil a message on the wire. Each takes a good one, and leaves it as it is. */
import type { Message } from '@quadrille/events'
import type { WireMessage } from '@quadrille/messaging'
import type { Random } from '@quadrille/testing'
import { onTheWire } from './tallier.ts'

type Wire = Partial<WireMessage>
type Mutation = (message: Message, random: Random) => Wire

const bodyOf = (message: Message): Buffer => Buffer.from(JSON.stringify(message))

const oddities = [
  null,
  true,
  -1,
  1.5,
  1e308,
  '',
  '\u0000',
  '\ud800',
  'x'.repeat(5_000),
  [],
  {},
  [[[]]],
  '2026-13-41T99:99:99Z',
]

/** A copy in which one field, somewhere, has another value. */
const withOddField = (message: Message, random: Random): object => {
  const copy: Record<string, unknown> = structuredClone(message) as never
  let holder = copy
  for (;;) {
    const keys = Object.keys(holder)
    const key = keys[random.below(keys.length)]
    if (key === undefined) return copy
    const child = holder[key]
    if (typeof child === 'object' && child !== null && random.chance(0.7)) holder = child as Record<string, unknown>
    else {
      holder[key] = oddities[random.below(oddities.length)]
      return copy
    }
  }
}

const withoutField = (message: Message, random: Random): object => {
  const entries = Object.entries(message)
  entries.splice(random.below(entries.length), 1)
  return Object.fromEntries(entries)
}

export const mutations: readonly Mutation[] = [
  (message, random) => ({ ...onTheWire(message), body: bodyOf(message).subarray(0, random.below(900)) }),
  (message, random) => {
    const body = bodyOf(message)
    for (let flips = 1 + random.below(4); flips > 0; flips -= 1) body[random.below(body.length)] = random.below(256)
    return { ...onTheWire(message), body }
  },
  (message, random) => ({
    ...onTheWire(message),
    body: Buffer.from(Array.from({ length: random.below(300) }, () => random.below(256))),
  }),
  (message, random) => ({ ...onTheWire(message), body: Buffer.from(JSON.stringify(withOddField(message, random))) }),
  (message, random) => ({ ...onTheWire(message), body: Buffer.from(JSON.stringify(withoutField(message, random))) }),
  (message, random) => onTheWire(message, { schemaversion: 2 + random.below(1_000) }),
  (message) => onTheWire(message, { type: 'OrderPonderedUpon' }),
  (message) => ({ body: bodyOf(message) }), // no properties at all
  (message) => ({ ...onTheWire(message), type: 'PaymentProcessed' }), // says another thing outside than inside
  (message, random) => ({ ...onTheWire(message), headers: { traceparent: 'x'.repeat(random.below(2_000)) } }),
]

/** Larger than anything may be. */
export const huge = (message: Message): Wire => ({ ...onTheWire(message), body: Buffer.alloc(1_100_000, ' ') })
