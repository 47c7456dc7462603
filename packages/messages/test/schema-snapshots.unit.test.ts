import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { changedContracts, schemaSnapshots, unpublishedSnapshots } from '../src/generate/index.ts'
import { type Definition, text, uuid } from '../src/index.ts'
import { library, messages, questions } from './library.ts'

const current = schemaSnapshots(library)
const published = current

describe('a published version', () => {
  type Described = Pick<Definition, 'type' | 'kind' | 'summary' | 'versions'>
  const { LoanRefused } = messages
  const [first, second] = LoanRefused.versions
  const path = 'LoanRefused/1.json'
  const broken = (definition: Described) =>
    changedContracts(schemaSnapshots({ ...library, messages: { ...messages, LoanRefused: definition } }), published)

  const withFirst = (schema: z.ZodType<object>): Described => ({
    ...LoanRefused,
    versions: [{ ...first, schema }, ...LoanRefused.versions.slice(1)],
  })
  const shape = z.object({ loanId: z.string(), code: z.string() })

  it.each<[string, z.ZodType<object>]>([
    ['gain a field', z.intersection(first.schema, z.object({ note: z.string() }))],
    ['gain an optional field', z.intersection(first.schema, z.object({ note: z.string().optional() }))],
    ['lose a field', shape.omit({ code: true })],
    ['become laxer', shape],
    ['become stricter', z.intersection(first.schema, z.object({ code: z.string().max(10) }))],
  ])('cannot %s', (_, schema) => {
    expect(broken(withFirst(schema))).toEqual([
      `${path} is published and can't change. Undo the change, and add a new version with withVersion() and its casts.`,
    ])
  })

  it('cannot be removed', () => {
    expect(broken({ ...LoanRefused, versions: [first] })).toEqual([
      'LoanRefused/2.json is published, but missing in the code. Restore the version.',
    ])
  })

  it('can be removed together with the whole message, whose schemas are then deleted', () => {
    const { LoanRefused: _, ...others } = messages
    const without = schemaSnapshots({ ...library, messages: others })
    const remedy = 'Restore LoanRefused. If it is retired, delete its folder of schemas too.'
    expect(changedContracts(without, published)).toEqual(
      [1, 2].map((version) => `LoanRefused/${version}.json is published, but missing in the code. ${remedy}`),
    )
    expect(changedContracts(without, new Map([...published].filter(([path]) => without.has(path))))).toEqual([])
  })

  it('may get a different description, and a different order of keys', () => {
    expect(broken({ ...LoanRefused, summary: 'not today' })).toEqual([])
    const shuffled = new Map(published).set(path, JSON.stringify(reversedKeys(JSON.parse(published.get(path) ?? ''))))
    expect(changedContracts(current, shuffled)).toEqual([])
  })

  it('may get a different order of fields', () => {
    expect(broken(withFirst(z.object({ code: text(100).min(1), loanId: uuid })))).toEqual([])
  })

  it('may be followed by a newer one', () => {
    const versions: Definition['versions'] = [
      first,
      ...(second ? [second] : []),
      { schema: shape, up: (older) => older },
    ]
    expect(broken({ ...LoanRefused, versions })).toEqual([])
  })

  it('may not change the type of a field named like an annotation', () => {
    const titled = (title: z.ZodType) =>
      schemaSnapshots({
        ...library,
        questions: {},
        messages: {
          T: { type: 'T', kind: 'event', summary: '', versions: [{ schema: z.object({ loanId: z.string(), title }) }] },
        },
      })
    expect(changedContracts(titled(z.string()), titled(z.int()))).toHaveLength(1)
  })
})

it('an internal message is in no snapshot, because it never leaves its process', () => {
  const internal = Object.values(messages).flatMap(({ kind, type }) => (kind === 'internal' ? [type] : []))
  expect(internal).not.toEqual([])
  expect([...current.keys()].filter((path) => internal.some((type) => path.startsWith(`${type}/`)))).toEqual([])
})

it('a question keeps its content too', () => {
  const changed = { Shelved: { ...questions.Shelved, answer: z.object({ copies: z.string() }) } }
  expect(changedContracts(schemaSnapshots({ ...library, questions: changed }), published)).toEqual([
    "Shelved/answer.json is published and can't change. Undo the change, and add a question with another name.",
  ])
})

describe('the envelope', () => {
  const path = 'Envelope/attributes.json'
  interface Envelope {
    readonly properties: Record<string, object>
    required: string[]
  }

  /** The published files, if the envelope was different when it was published. */
  const publishedBefore = (change: (envelope: Envelope) => void) => {
    const envelope = JSON.parse(current.get(path) ?? '')
    change(envelope)
    return new Map(published).set(path, JSON.stringify(envelope))
  }

  it('may get optional attributes, and is then written again', () => {
    const before = publishedBefore(({ properties }) => delete properties['hops'])
    expect(changedContracts(current, before)).toEqual([])
    expect([...unpublishedSnapshots(current, before).keys()]).toEqual([path])
    expect(unpublishedSnapshots(current, published).size).toBe(0)
  })

  it.each<[string, (envelope: Envelope) => void]>([
    ['become stricter', ({ properties }) => Object.assign(properties['source'] ?? {}, { maxLength: 300 })],
    ['become laxer', ({ properties }) => Object.assign(properties['partitionkey'] ?? {}, { maxLength: 30 })],
    ['lose an attribute', ({ properties }) => Object.assign(properties, { dataref: { type: 'string' } })],
    [
      'require another attribute',
      (envelope) => {
        delete envelope.properties['source']
        envelope.required = envelope.required.filter((name) => name !== 'source')
      },
    ],
    [
      'require an attribute that was optional',
      (envelope) => {
        envelope.required = envelope.required.filter((name) => name !== 'source')
      },
    ],
  ])('cannot %s', (_, change) => {
    expect(changedContracts(current, publishedBefore(change))).toEqual([
      `${path} is published and can't change. Undo the change, and add only optional attributes.`,
    ])
  })
})

const reversedKeys = (schema: object): object => Object.fromEntries(Object.entries(schema).reverse())
