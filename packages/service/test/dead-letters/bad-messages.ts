/** Malformed messages, generated from a seed. */

import type { WireMessage } from '@quadrille/messaging'
import { noon } from '@quadrille/testing'
import { type DataOf, draft, type Message, seal } from '../post.ts'
import { aParcelOf, onTheWire } from '../tally/tracker.ts'

export type Random = (below: number) => number

/** Mulberry32: the same seed gives the same sequence. */
export const randomFrom = (seed: number): Random => {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

export const parcelSent = (): Message<'ParcelSent'> =>
  seal(draft('ParcelSent', aParcelOf('fine')), { service: 'counter', now: noon }) as Message<'ParcelSent'>

const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const anyBytes = (random: Random, length: number): Buffer => Buffer.from(Array.from({ length }, () => random(256)))
const pick = <Item>(random: Random, items: readonly Item[]): Item | undefined => items[random(items.length)]

const oddValues = [
  null,
  true,
  -1,
  1.5,
  1e308,
  '',
  '\0',
  '\ud800',
  '💥',
  [],
  {},
  [[]],
  { __proto__: null },
  'x'.repeat(5_000),
]

/** Replaces one field at any depth by an odd value, or removes it. */
const withOneFieldChanged = (value: Record<string, unknown>, random: Random): Record<string, unknown> => {
  const key = pick(random, Object.keys(value)) ?? ''
  const child = value[key]
  if (typeof child === 'object' && child !== null && !Array.isArray(child) && random(3) > 0) {
    return { ...value, [key]: withOneFieldChanged(child as Record<string, unknown>, random) }
  }
  return { ...value, [key]: random(4) === 0 ? undefined : pick(random, oddValues) }
}

type Mutation = (message: Message<'ParcelSent'>, random: Random) => Buffer

const mutations: readonly Mutation[] = [
  (message, random) => {
    const body = bytesOf(message)
    body[random(body.length)] = random(256)
    return body
  },
  (message, random) => bytesOf(message).subarray(0, random(800)),
  (_, random) => anyBytes(random, random(300)),
  (message, random) => Buffer.concat([bytesOf(message), anyBytes(random, 1 + random(20))]),
  (message, random) => bytesOf(withOneFieldChanged({ ...message }, random)),
  (message, random) => bytesOf({ ...message, data: withOneFieldChanged({ ...message.data }, random) }),
  (message, random) => bytesOf({ ...message, schemaversion: 2 + random(100) }),
  (message, random) => bytesOf({ ...message, type: pick(random, ['ParcelPondered', 'constructor', 'TollWaived', '']) }),
  (message) => bytesOf({ ...message, data: { ...message.data, parcelId: message.correlationid.replace(/.$/, '0') } }),
  (message) => bytesOf({ ...message, data: { ...message.data, labels: { '\n    at \0': '' } } }),
  (message) => bytesOf([message, message]),
  (_, random) => Buffer.from('['.repeat(random(20_000))),
  (message) => Buffer.from(`\ufeff${JSON.stringify(message)}`),
  (message) => Buffer.from(JSON.stringify(message).replace('{', '{"__proto__":{"type":"ParcelDelivered"},')),
]

/** The properties of a message: correct, missing or wrong. */
const properties = (message: Message, random: Random): Partial<WireMessage> => {
  switch (random(4)) {
    case 0:
      return {}
    case 1:
      return { id: 'x'.repeat(200), type: 'Nonsense\u0000', correlationId: 'none', contentType: 'text/html' }
    case 2:
      return { ...onTheWire(message), headers: { 'x-death': 'forged', 'x-attempts': '99', traceparent: 'broken' } }
    default:
      return onTheWire(message)
  }
}

export const badMessage = (random: Random): Partial<WireMessage> & { readonly body: Buffer } => {
  const message = parcelSent()
  const mutate = pick(random, mutations) ?? bytesOf
  return { ...properties(message, random), body: mutate(message, random) }
}

/** A message with the same id and different content. */
export const sameIdOtherContent = (message: Message<'ParcelSent'>): Partial<WireMessage> => {
  const changed: DataOf<'ParcelSent'> = { ...message.data, weight: message.data.weight + 1 }
  return onTheWire(message, { data: changed })
}
