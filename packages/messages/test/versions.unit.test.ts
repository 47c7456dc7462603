import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { type Definition, defineLanguage, event, evolve, newestSchema, Undecodable } from '../src/index.ts'
import { library, messages, services } from './library.ts'
import { asBytes, asJson, refused, sealed } from './sample.ts'

const { decode, encode, readPublishVersions, versionsSince, versionToSend } = library
const [first, second] = messages.LoanRefused.versions

/** The language with other versions of LoanRefused. */
const withVersions = (versions: Definition['versions']) =>
  defineLanguage({
    ...library,
    messages: { ...messages, LoanRefused: { ...messages.LoanRefused, versions } },
    services,
    subject: { field: 'loanId', description: 'the loan id' },
  })

/** The language before version 2 of LoanRefused. */
const yesterday = withVersions([first])

describe('a publisher and a consumer of different age', () => {
  const { category: _, ...oldData } = refused.data

  it('sends the older version by default, and a consumer without the newer one reads it', () => {
    const body = encode(sealed(refused))
    expect(asJson(sealed(refused))).toEqual({ ...sealed(refused), schemaversion: 1, data: oldData })
    expect(yesterday.decode(body).message).toEqual({ ...sealed(refused), schemaversion: 1, data: oldData })
  })

  it('upcasts the older version, so that reactions get only the newest', () => {
    const { message } = decode(asBytes({ ...asJson(sealed(refused)), schemaversion: 1, data: oldData }))
    expect(message).toEqual(sealed(refused))
  })

  it('derives the fields that the older version lacks', () => {
    const older = { ...asJson(sealed(refused)), data: { ...oldData, code: 'locked_away' } }
    expect(decode(asBytes(older)).message.data).toMatchObject({ category: 'refused' })
  })

  it('sends the newest version if configured', () => {
    const body = encode(sealed(refused), { LoanRefused: 2 })
    expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({ schemaversion: 2, data: refused.data })
    expect(decode(body).message).toEqual(sealed(refused))
  })

  it('may send the newest too early: the old consumer keeps the message for later', () => {
    const read = () => yesterday.decode(encode(sealed(refused), { LoanRefused: 2 }))
    expect(read).toThrow(Undecodable)
    expect(read).toThrow(/^future_version: LoanRefused version 2; the newest known here is 1$/)
  })

  it('gives both versions the same id', () => {
    const ids = [1, 2].map((version) => asJson(sealed(refused), { LoanRefused: version })['id'])
    expect(new Set(ids).size).toBe(1)
  })

  it('hashes a message alike before and after the consumer has the newer version', () => {
    const body = encode(sealed(refused))
    expect(yesterday.decode(body).hash).toBe(decode(body).hash)
  })
})

describe('PUBLISH_VERSIONS', () => {
  it('is a version for each of some types', () => {
    expect(readPublishVersions('LoanRefused:2,LoanRequested:1')).toEqual({ LoanRefused: 2, LoanRequested: 1 })
    expect(readPublishVersions('')).toEqual({})
  })

  it('is the newest of every type', () => {
    const versions = readPublishVersions('newest') ?? {}
    expect(versions).toMatchObject({ LoanRefused: 2, LoanRequested: 1 })
    expect(Object.keys(versions)).toEqual(Object.keys(messages))
  })

  it.each([
    'Newest',
    'newest:2',
    'newest,LoanRequested:1',
    'LoanRequested',
    'LoanRequested:2',
    'Unknown:1',
    'LoanRequested:0',
  ])('is not %s', (text) => expect(readPublishVersions(text)).toBeUndefined())
})

describe('with a database that records the versions of its creation', () => {
  it.each([
    ['the newest version', { LoanRefused: 2 }, { LoanRefused: 2 }],
    [
      'a version that is older than the present default',
      { LoanRequested: 0, LoanRefused: 1 },
      { LoanRequested: 1, LoanRefused: 1 },
    ],
    ['a version of a withdrawn release', { LoanRefused: 9 }, { LoanRefused: 2 }],
    ['a type of a withdrawn release', { Unknown: 1 }, {}],
  ])('%s', (_, readable, versions) => {
    expect(versionsSince(readable)).toEqual(versions)
  })
})

describe('the version to send', () => {
  it('is the first while there is only one, and the last but one from then on', () => {
    expect(versionToSend('LoanRequested')).toBe(1)
    expect(versionToSend('LoanRefused')).toBe(1)
    expect(versionToSend('LoanRefused', { LoanRefused: 2 })).toBe(2)
  })

  it.each([0, 3, 1.5, Number.NaN])('cannot be %d', (version) => {
    expect(() => encode(sealed(refused), { LoanRefused: version })).toThrow(RangeError)
  })
})

describe('a wrong upcaster', () => {
  const older = asBytes({ ...asJson(sealed(refused)), schemaversion: 1 })
  const decodeBy = (up: () => unknown) => () =>
    withVersions([first, { schema: newestSchema(messages.LoanRefused), ...second, up }]).decode(older)

  it('makes a message undecodable if it throws, without revealing the data', () => {
    const throwing = decodeBy(() => {
      throw new Error('4711 has no category')
    })
    expect(throwing).toThrow(Undecodable)
    expect(throwing).toThrow(/^schema_violation: LoanRefused version 1: its upcaster failed$/)
  })

  it('makes a message undecodable if the newest version rejects the result', () => {
    const lifted = decodeBy(() => ({ ...refused.data, category: 'unheard_of' }))
    expect(lifted).toThrow(Undecodable)
    expect(lifted).toThrow(/^schema_violation: LoanRefused version 1, as version 2: \/category/)
  })
})

describe('the compiler', () => {
  const v1 = z.object({ loanId: z.string() })
  const v2 = v1.extend({ certainty: z.enum(['sure', 'unsure']) })
  const older = event('Test', v1, { means: 'nothing' })
  const down = ({ certainty: _, ...rest }: z.output<typeof v2>) => rest

  it('has the type of the newest version', () => {
    const evolved = evolve(older, v2, { up: (data) => ({ ...data, certainty: 'unsure' }), down })
    expectTypeOf(evolved).toEqualTypeOf<Definition<'Test', z.output<typeof v2>>>()
  })

  it('rejects a version without its casts, and casts that do not fit', () => {
    const wrong = [
      // @ts-expect-error no way down
      () => evolve(older, v2, { up: (data) => ({ ...data, certainty: 'unsure' }) }),
      // @ts-expect-error a value that version 2 doesn't have
      () => evolve(older, v2, { up: (data) => ({ ...data, certainty: 'perhaps' }), down }),
      // @ts-expect-error a field is missing
      () => evolve(older, v2, { up: (data) => data, down }),
      // @ts-expect-error the lowered data is not of version 1
      () => evolve(older, v2, { up: (data) => ({ ...data, certainty: 'sure' }), down: () => ({}) }),
    ]
    expect(wrong).toHaveLength(4)
  })
})
