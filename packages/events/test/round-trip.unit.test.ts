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

  it('is unchanged after encoding and decoding', () => {
    fc.assert(
      fc.property(messageOf(type), (message) => {
        expect(decode(Buffer.from(encode(message, newest))).message).toEqual(message)
      }),
    )
  })

  it('has the same id when it is sent again, in any version', () => {
    fc.assert(
      fc.property(messageOf(type), (message) => {
        const again = decode(Buffer.from(encode(sealed({ type, data: message.data } as Draft)))).message
        expect(again.id).toBe(message.id)
      }),
    )
  })

  it('is either valid or undecodable after a byte has changed', () => {
    const damaged = fc.tuple(messageOf(type), fc.nat(), fc.nat(255)).map(([message, at, byte]) => {
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

const outcome = (body: Uint8Array): string => {
  try {
    decode(body)
    return 'decoded'
  } catch (error) {
    return error instanceof Undecodable ? 'Undecodable' : String(error)
  }
}
