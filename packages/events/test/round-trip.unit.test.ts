import { type Definition, newestVersion, Undecodable } from '@quadrille/messages'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalog, type Draft, decode, encode, type Message, type MessageType } from '../src/index.ts'
import { dataOf } from './arbitraries.ts'
import { placed, sealed } from './sample.ts'

const types = Object.keys(catalog) as MessageType[]

/** Any message of a type. Its data comes from the type's own schema, which is more than the compiler can follow. */
const messageOf = (type: MessageType): fc.Arbitrary<Message> => {
  const definition: Pick<Definition, 'versions'> = catalog[type]
  return dataOf(definition, newestVersion(definition)).map((data) => sealed({ type, data } as Draft))
}

describe.each(types)('%s', (type) => {
  const newest = { [type]: newestVersion(catalog[type]) }
  const anyMessage = messageOf(type)

  it('is unchanged after encoding and decoding, and has the same id when it is sent again, in any version', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decode(Buffer.from(encode(message, newest))).message).toEqual(message)
        const again = decode(Buffer.from(encode(sealed({ type, data: message.data } as Draft)))).message
        expect(again.id).toBe(message.id)
      }),
    )
  })

  it('contains no NUL and no lone surrogate, which Postgres cannot read in JSON', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const bodies = withTextBesideEachString(encode({ ...message, ...attributes }, newest))
        for (const body of bodies) expect(textOf(body)).not.toMatch(/\\u(?:0000|d[89a-f])/)
      }),
      { numRuns: 3, endOnFailure: true },
    )
  })

  it('is either valid or undecodable after a byte has changed', () => {
    const damaged = fc.tuple(anyMessage, fc.nat(), fc.nat(255)).map(([message, at, byte]) => {
      const body = Buffer.from(encode(message))
      body[at % body.length] = byte
      return body
    })
    fc.assert(
      fc.property(damaged, (body) => {
        expect(outcome(body)).toMatch(/^(decoded|Undecodable)$/)
      }),
    )
  })
})

describe('any bytes', () => {
  it('are undecodable for a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (body) => {
        expect(outcome(body)).toBe('Undecodable')
      }),
    )
  })

  it('are also undecodable with any JSON as data', () => {
    const bodies = fc
      .json()
      .map((json) => Buffer.from(JSON.stringify(sealed(placed)).replace(/"data":.*$/, `"data":${json}}`)))
    fc.assert(
      fc.property(bodies, (body) => {
        expect(outcome(body)).toBe('Undecodable')
      }),
    )
  })
})

/** The attributes that a sealed message may lack. */
const attributes = {
  causationid: placed.data.orderId,
  replayof: 'm-1',
  traceparent: `01-${'a'.repeat(32)}-${'b'.repeat(16)}-01-more`,
  tracestate: 'vendor=1',
}

/** Copies of the JSON with a NUL or a lone surrogate at the start or the end of one of its strings and names of fields. */
const withTextBesideEachString = (json: string): Uint8Array[] =>
  [...json.matchAll(/"(?:[^"\\]|\\.)*"/g)].flatMap(({ 0: found, index }) =>
    [index + 1, index + found.length - 1].flatMap((at) =>
      ['\\u0000', '\\ud800', '\\udfff'].map((added) => Buffer.from(json.slice(0, at) + added + json.slice(at))),
    ),
  )

/** The decoded message as JSON. Empty if the bytes are undecodable. */
const textOf = (body: Uint8Array): string => {
  try {
    return JSON.stringify(decode(body).message)
  } catch (error) {
    if (error instanceof Undecodable) return ''
    throw error
  }
}

const outcome = (body: Uint8Array): string => {
  try {
    decode(body)
    return 'decoded'
  } catch (error) {
    return error instanceof Undecodable ? 'Undecodable' : String(error)
  }
}
