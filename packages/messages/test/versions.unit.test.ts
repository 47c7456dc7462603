import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import {
  type Definition,
  defineLanguage,
  event,
  isUniquePerSubject,
  newestSchema,
  task,
  Undecodable,
  uuid,
  withVersion,
} from '../src/index.ts'
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

describe('a publisher and a consumer with different versions', () => {
  const { category: _, ...oldData } = refused.data

  it('use the older version by default, which an older consumer can read', () => {
    const body = Buffer.from(encode(sealed(refused)))
    expect(asJson(sealed(refused))).toEqual({ ...sealed(refused), schemaversion: 1, data: oldData })
    expect(yesterday.decode(body).message).toEqual({ ...sealed(refused), schemaversion: 1, data: oldData })
  })

  it('upcast the older version, so that reactions get only the newest', () => {
    const { message } = decode(asBytes({ ...asJson(sealed(refused)), schemaversion: 1, data: oldData }))
    expect(message).toEqual(sealed(refused))
  })

  it('derive the fields that the older version lacks', () => {
    const older = { ...asJson(sealed(refused)), data: { ...oldData, code: 'locked_away' } }
    expect(decode(asBytes(older)).message.data).toMatchObject({ category: 'refused' })
  })

  it('cast over several versions', () => {
    const schema = newestSchema(messages.LoanRefused)
    const third = {
      schema: schema.and(z.object({ shelf: z.string() })),
      up: (data: unknown) => ({ ...Object(data), shelf: 'a' }),
      down: (data: unknown) => data,
    }
    const tomorrow = withVersions([first, { schema, ...second }, third])
    const message = { ...sealed(refused), schemaversion: 3, data: { ...refused.data, shelf: 'a' } }
    const sent = tomorrow.encode(message, { LoanRefused: 1 })
    expect(JSON.parse(sent)).toMatchObject({ schemaversion: 1, data: oldData })
    expect(tomorrow.decode(Buffer.from(sent)).message).toEqual(message)
  })

  it('use the newest version if configured', () => {
    const body = Buffer.from(encode(sealed(refused), { LoanRefused: 2 }))
    expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({ schemaversion: 2, data: refused.data })
    expect(decode(body).message).toEqual(sealed(refused))
  })

  it('reject a version that the consumer does not know yet, as future_version', () => {
    const read = () => yesterday.decode(Buffer.from(encode(sealed(refused), { LoanRefused: 2 })))
    expect(read).toThrow(Undecodable)
    expect(read).toThrow(/^future_version: LoanRefused version 2; the newest known here is 1$/)
  })

  it('use the same id for both versions', () => {
    const ids = [1, 2].map((version) => asJson(sealed(refused), { LoanRefused: version })['id'])
    expect(new Set(ids).size).toBe(1)
  })

  it('compute different hashes for different versions of one message', () => {
    const hashes = [1, 2].map((version) => decode(Buffer.from(encode(sealed(refused), { LoanRefused: version }))).hash)
    expect(new Set(hashes).size).toBe(2)
  })

  it('compute the same hash before and after the consumer knows the newer version', () => {
    const body = Buffer.from(encode(sealed(refused)))
    expect(yesterday.decode(body).hash).toBe(decode(body).hash)
  })
})

describe('data that the older version cannot express', () => {
  const partial = withVersions([
    first,
    {
      schema: newestSchema(messages.LoanRefused),
      ...second,
      down: (data) => (isNew(data) ? undefined : second?.down?.(data)),
    },
  ])
  const isNew = (data: unknown) => Reflect.get(data as object, 'category') === refused.data.category

  it('is sent in the newer version, which an older consumer parks until its upgrade', () => {
    const body = Buffer.from(partial.encode(sealed(refused)))
    expect(JSON.parse(body.toString())).toMatchObject({ schemaversion: 2, data: refused.data })
    expect(() => yesterday.decode(body)).toThrow(/^future_version: /)
    expect(partial.decode(body).message).toEqual(sealed(refused))
  })

  it('is also sent in the newer version if the older schema rejects what `down` returns', () => {
    const short = withVersions([
      { schema: newestSchema(messages.LoanRefused).and(z.object({ code: z.string().max(8) })) },
      { schema: newestSchema(messages.LoanRefused), up: (data) => data, down: (data) => data },
    ])
    const sent = (code: string) => JSON.parse(short.encode(sealed({ ...refused, data: { ...refused.data, code } })))
    expect([sent('no_room'), sent('no_copies')]).toMatchObject([{ schemaversion: 1 }, { schemaversion: 2 }])
  })

  it('does not affect other data', () => {
    const other = sealed({ ...refused, data: { ...refused.data, category: 'refused' } })
    expect(JSON.parse(partial.encode(other))).toMatchObject({ schemaversion: 1 })
  })
})

describe('PUBLISH_VERSIONS', () => {
  it('may list types with their versions', () => {
    expect(readPublishVersions('LoanRefused:2,LoanRequested:1')).toEqual({ LoanRefused: 2, LoanRequested: 1 })
    expect(readPublishVersions('')).toEqual({})
  })

  it('may be newest, which selects the newest version of every type', () => {
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
    'LoanRequested:01',
    'LoanRequested: 1',
    'LoanRequested:1e0',
    'LoanRefused:0x2',
    'LoanRefused:2:1',
  ])('rejects %s', (text) => expect(readPublishVersions(text)).toBeUndefined())
})

describe('a database that stores the versions that were readable at its creation', () => {
  it.each([
    ['the newest version', { LoanRefused: 2 }, { LoanRefused: 2 }],
    [
      'a version that is older than the present default',
      { LoanRequested: 0, LoanRefused: 1 },
      { LoanRequested: 1, LoanRefused: 1 },
    ],
    ['a version that no longer exists, after a downgrade', { LoanRefused: 9 }, { LoanRefused: 2 }],
    ['a type that no longer exists, after a downgrade', { Unknown: 1 }, {}],
  ])('may contain %s', (_, readable, versions) => {
    expect(versionsSince(readable)).toEqual(versions)
  })
})

describe('the version to send', () => {
  it('is the only version, or the previous one if there are several, unless configured', () => {
    expect(versionToSend('LoanRequested')).toBe(1)
    expect(versionToSend('LoanRefused')).toBe(1)
    expect(versionToSend('LoanRefused', { LoanRefused: 2 })).toBe(2)
  })

  it.each([0, 3, 1.5, Number.NaN])('cannot be %d, which does not exist', (version) => {
    expect(() => encode(sealed(refused), { LoanRefused: version })).toThrow(RangeError)
  })

  it('does not exist for an unknown type', () => {
    expect(() => versionToSend('Unknown')).toThrow(/^Unknown has no version 1; /)
  })
})

it('an error that a check in a schema throws does not make a message undecodable, because a retry may help', () => {
  const check = () => {
    throw new RangeError('out of memory')
  }
  const { decode } = withVersions([{ schema: first.schema.refine(check) }])
  expect(() => decode(asBytes({ ...asJson(sealed(refused)), schemaversion: 1 }))).toThrow(RangeError)
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
    const upcasted = decodeBy(() => ({ ...refused.data, category: 'unheard_of' }))
    expect(upcasted).toThrow(Undecodable)
    expect(upcasted).toThrow(/^schema_violation: LoanRefused version 1, as version 2: \/category/)
  })
})

describe('the compiler', () => {
  const v1 = z.object({ loanId: z.string() })
  const v2 = v1.extend({ certainty: z.enum(['sure', 'unsure']) })
  const summary = 'nothing'
  const example = { loanId: 'a' }
  const older = event('Test', v1, { summary, example })
  const down = ({ certainty: _, ...rest }: z.output<typeof v2>) => rest

  it('requires an example of an event, which the documents show', () => {
    // @ts-expect-error no example
    expect(event('Test', v1, { summary }).example).toBeUndefined()
    expect(task('Test', v1, { summary }).example).toBeUndefined()
  })

  it('infers the data of the newest version', () => {
    const newer = withVersion(older, v2, { up: (data) => ({ ...data, certainty: 'unsure' }), down })
    expectTypeOf(newer).toExtend<Definition<'Test', z.output<typeof v2>>>()
    expectTypeOf(newer.example).toEqualTypeOf<z.output<typeof v2> | undefined>()
  })

  it('infers the subject of the newest version, if the message names the field of its own', () => {
    const scan = task('Scan', z.object({ bookId: uuid }), { summary, subjectField: 'bookId' })
    const shelved = z.object({ bookId: uuid, shelf: z.string() })
    const Scan = withVersion(scan, shelved, { up: (data) => ({ ...data, shelf: '' }), down: (data) => data })
    const lost = withVersion(scan, z.object({ loanId: uuid }), {
      up: ({ bookId }) => ({ loanId: bookId }),
      down: ({ loanId }) => ({ bookId: loanId }),
    })
    const options = { ...library, questions: {}, services: {}, subject: { field: 'loanId', description: '' } } as const
    expect(defineLanguage({ ...options, messages: { Scan } }).messages.Scan.subjectField).toBe('bookId')
    // @ts-expect-error its newest version lacks the field
    expect(defineLanguage({ ...options, messages: { Scan: lost } }).messages.Scan).toBe(lost)
  })

  it('requires an identity if the older version cannot express all data', () => {
    const several = event('Test', v1, { summary, example, identity: ({ loanId }) => loanId })
    const up = (data: z.output<typeof v1>) => ({ ...data, certainty: 'unsure' as const })
    const partly = (data: z.output<typeof v2>) => (data.certainty === 'sure' ? undefined : down(data))
    const identity = ({ loanId }: z.output<typeof v2>) => loanId
    expect(withVersion(several, v2, { up, down: partly, identity }).identity({ loanId: 'a', certainty: 'sure' })).toBe(
      'a',
    )
    // @ts-expect-error no identity
    expect(() => withVersion(several, v2, { up, down: partly })).not.toThrow()
  })

  it('keeps the identity of the newer version if the older one was at most one per subject', () => {
    const up = (data: z.output<typeof v1>) => ({ ...data, certainty: 'unsure' as const })
    const partly = (data: z.output<typeof v2>) => (data.certainty === 'sure' ? undefined : down(data))
    const identity = ({ certainty }: z.output<typeof v2>) => (certainty === 'sure' ? certainty : '')
    const several = withVersion(older, v2, { up, down: partly, identity })
    expect([older, several].map(isUniquePerSubject)).toEqual([true, false])
    expect(several.identity({ loanId: 'a', certainty: 'sure' })).toBe('sure')
  })

  it('derives the identity from the older version if that can express all data', () => {
    const up = (data: z.output<typeof v1>) => ({ ...data, certainty: 'unsure' as const })
    const several = event('Test', v1, { summary, example, identity: ({ loanId }) => loanId })
    expect(withVersion(several, v2, { up, down }).identity({ loanId: 'a', certainty: 'sure' })).toBe('a')
    expect(isUniquePerSubject(withVersion(older, v2, { up, down }))).toBe(true)
  })

  it('rejects a version without its casts, and casts that do not fit', () => {
    const wrong = [
      // @ts-expect-error no way down
      () => withVersion(older, v2, { up: (data) => ({ ...data, certainty: 'unsure' }) }),
      // @ts-expect-error a value that version 2 doesn't have
      () => withVersion(older, v2, { up: (data) => ({ ...data, certainty: 'perhaps' }), down }),
      // @ts-expect-error a field is missing
      () => withVersion(older, v2, { up: (data) => data, down }),
      // @ts-expect-error the downcast data is not of version 1
      () => withVersion(older, v2, { up: (data) => ({ ...data, certainty: 'sure' }), down: () => ({}) }),
    ]
    expect(wrong).toHaveLength(4)
  })
})
