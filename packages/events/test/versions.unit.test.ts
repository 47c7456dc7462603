import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { event, evolve, newestSchema } from '../src/definition.ts'
import {
  catalog,
  type Definition,
  decode,
  encode,
  readPublishVersions,
  Undecodable,
  versionsSince,
  versionToSend,
} from '../src/index.ts'
import { dataOf } from './arbitraries.ts'
import { asBytes, asJson, declined, sealed } from './sample.ts'

/** What a service knows that was built before version 2 of PaymentDeclined. */
const yesterday = { PaymentDeclined: { versions: [catalog.PaymentDeclined.versions[0]] as const } }

describe('a publisher and a consumer of different age', () => {
  const { category: _, ...oldData } = declined.data

  it('sends the older version by default, and a consumer that knows no other reads it', () => {
    const body = encode(sealed(declined))
    expect(asJson(sealed(declined))).toEqual({ ...sealed(declined), schemaversion: 1, data: oldData })
    expect(decode(body, yesterday).message).toEqual({ ...sealed(declined), schemaversion: 1, data: oldData })
  })

  it('lifts the older version, so that reactions see the newest only', () => {
    const { message } = decode(asBytes({ ...asJson(sealed(declined)), schemaversion: 1, data: oldData }))
    expect(message).toEqual(sealed(declined))
  })

  it('derives what the older version did not say', () => {
    const older = { ...asJson(sealed(declined)), data: { ...oldData, code: 'card_declined' } }
    expect(decode(asBytes(older)).message.data).toMatchObject({ category: 'refused' })
  })

  it('sends the newest version when told to', () => {
    const body = encode(sealed(declined), { PaymentDeclined: 2 })
    expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({ schemaversion: 2, data: declined.data })
    expect(decode(body).message).toEqual(sealed(declined))
  })

  it('is told of the newest too early: the old consumer keeps the message for later', () => {
    const read = () => decode(encode(sealed(declined), { PaymentDeclined: 2 }), yesterday)
    expect(read).toThrow(Undecodable)
    expect(read).toThrow(/^future_version: PaymentDeclined version 2; the newest known here is 1$/)
  })

  it('gives both versions the same id', () => {
    const ids = [1, 2].map((version) => asJson(sealed(declined), { PaymentDeclined: version })['id'])
    expect(new Set(ids).size).toBe(1)
  })

  it('hashes a message alike before and after the consumer learns a newer version', () => {
    const body = encode(sealed(declined))
    expect(decode(body, yesterday).hash).toBe(decode(body).hash)
  })
})

describe('what PUBLISH_VERSIONS says', () => {
  it('is a version for each of some types', () => {
    expect(readPublishVersions('PaymentDeclined:2,OrderPlaced:1')).toEqual({ PaymentDeclined: 2, OrderPlaced: 1 })
    expect(readPublishVersions('')).toEqual({})
  })

  it('is the newest of every type', () => {
    const versions = readPublishVersions('newest') ?? {}
    expect(versions).toMatchObject({ PaymentDeclined: 2, OrderPlaced: 1 })
    expect(Object.keys(versions)).toEqual(Object.keys(catalog))
  })

  it.each(['Newest', 'newest:2', 'newest,OrderPlaced:1', 'OrderPlaced', 'OrderPlaced:2', 'Unknown:1', 'OrderPlaced:0'])(
    'is not %s',
    (text) => expect(readPublishVersions(text)).toBeUndefined(),
  )
})

describe('where a database tells what all consumers could read when it was made', () => {
  it.each([
    ['the newest version', { PaymentDeclined: 2 }, { PaymentDeclined: 2 }],
    [
      'a version that is older than the default by now',
      { OrderPlaced: 0, PaymentDeclined: 1 },
      { OrderPlaced: 1, PaymentDeclined: 1 },
    ],
    ['a version of a release that was taken back', { PaymentDeclined: 9 }, { PaymentDeclined: 2 }],
    ['a type of a release that was taken back', { Unknown: 1 }, {}],
  ])('%s', (_, readable, versions) => {
    expect(versionsSince(readable)).toEqual(versions)
  })
})

describe('the version to send', () => {
  it('is the first while there is only one, and the last but one from then on', () => {
    expect(versionToSend('OrderPlaced')).toBe(1)
    expect(versionToSend('PaymentDeclined')).toBe(1)
    expect(versionToSend('PaymentDeclined', { PaymentDeclined: 2 })).toBe(2)
  })

  it.each([0, 3, 1.5, Number.NaN])('cannot be %d', (version) => {
    expect(() => encode(sealed(declined), { PaymentDeclined: version })).toThrow(RangeError)
  })
})

const definitions: readonly Pick<Definition, 'type' | 'versions'>[] = Object.values(catalog)
const steps = definitions.flatMap((definition) =>
  definition.versions
    .slice(1)
    .map((_, index) => ({ definition, type: definition.type, older: index + 1, newer: index + 2 })),
)

it('has a message with two versions', () => expect(steps.length).toBeGreaterThan(0))

describe.each(steps)('$type between version $older and $newer', ({ definition, older, newer }) => {
  const { schema: olderSchema } = definition.versions[older - 1] ?? definition.versions[0]
  const { schema: newerSchema, up, down } = definition.versions[newer - 1] ?? definition.versions[0]

  it('lifts everything that was valid to something valid', () => {
    fc.assert(
      fc.property(dataOf(definition, older), (data) => {
        const lifted = up?.(olderSchema.parse(data))
        expect(newerSchema.parse(lifted)).toEqual(lifted)
      }),
    )
  })

  it('lowers everything that is valid to something that readers of the older version take', () => {
    fc.assert(
      fc.property(dataOf(definition, newer), (data) => {
        const lowered = down?.(newerSchema.parse(data))
        expect(olderSchema.parse(lowered)).toEqual(lowered)
      }),
    )
  })

  it('loses nothing of an older message on the way up and down', () => {
    fc.assert(
      fc.property(dataOf(definition, older), (data) => {
        const read = olderSchema.parse(data)
        expect(down?.(up?.(read))).toEqual(read)
      }),
    )
  })
})

describe('an upcaster that is wrong', () => {
  const older = asBytes({ ...asJson(sealed(declined)), schemaversion: 1 })
  const [first, second] = catalog.PaymentDeclined.versions
  const decodeBy = (up: () => unknown) => () =>
    decode(older, {
      PaymentDeclined: { versions: [first, { schema: newestSchema(catalog.PaymentDeclined), ...second, up }] },
    })

  it('makes a message that can not be read, where it throws, and says nothing of the data', () => {
    const throwing = decodeBy(() => {
      throw new Error('pm_secret has no category')
    })
    expect(throwing).toThrow(Undecodable)
    expect(throwing).toThrow(/^schema_violation: PaymentDeclined version 1: its upcaster failed$/)
  })

  it('makes a message that can not be read, where the newest version would not have it', () => {
    const lifted = decodeBy(() => ({ ...declined.data, category: 'unheard_of' }))
    expect(lifted).toThrow(Undecodable)
    expect(lifted).toThrow(/^schema_violation: PaymentDeclined version 1, as version 2: \/category/)
  })
})

describe('the compiler', () => {
  const v1 = z.object({ orderId: z.string() })
  const v2 = v1.extend({ certainty: z.enum(['sure', 'unsure']) })
  const older = event('Test', v1, { means: 'nothing' })
  const down = ({ certainty: _, ...rest }: z.output<typeof v2>) => rest

  it('knows the newest version', () => {
    const evolved = evolve(older, v2, { up: (data) => ({ ...data, certainty: 'unsure' }), down })
    expectTypeOf(evolved).toEqualTypeOf<Definition<'Test', z.output<typeof v2>>>()
  })

  it('refuses a version without its casts, and casts that do not fit', () => {
    const wrong = [
      // @ts-expect-error no way down
      () => evolve(older, v2, { up: (data) => ({ ...data, certainty: 'unsure' }) }),
      // @ts-expect-error a value that version 2 doesn't have
      () => evolve(older, v2, { up: (data) => ({ ...data, certainty: 'perhaps' }), down }),
      // @ts-expect-error a field is missing
      () => evolve(older, v2, { up: (data) => data, down }),
      // @ts-expect-error what is lowered is no version 1
      () => evolve(older, v2, { up: (data) => ({ ...data, certainty: 'sure' }), down: () => ({}) }),
    ]
    expect(wrong).toHaveLength(4)
  })
})
