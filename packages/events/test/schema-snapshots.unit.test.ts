import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { brokenPromises, type Files, schemaSnapshots, unpublished } from '../src/generate/schema-snapshots.ts'
import { catalog, type Definition } from '../src/index.ts'

const folder = resolve(import.meta.dirname, '../schemas')
const published: Files = new Map(
  globSync('*/*.json', { cwd: folder }).map((path) => [path, readFileSync(resolve(folder, path), 'utf8')]),
)
const current = schemaSnapshots(Object.values(catalog))

describe('the schemas in the repository', () => {
  it('are those of the code: run `pnpm --filter @quadrille/events generate` if not', () => {
    expect([...published.keys()].sort()).toEqual([...current.keys()].sort())
  })

  it('are not written again', () => {
    expect(unpublished(current, published).size).toBe(0)
  })

  it('keep what was published', () => {
    expect(brokenPromises(current, published)).toEqual([])
  })

  it('allow fields that a version does not know', () => {
    expect([...current.values()].filter((text) => text.includes('"additionalProperties": false'))).toEqual([])
  })
})

describe('a published version', () => {
  type Described = Pick<Definition, 'type' | 'means' | 'versions'>
  const { PaymentDeclined } = catalog
  const [first, second] = PaymentDeclined.versions
  const path = 'PaymentDeclined/1.json'
  const broken = (definition: Described) =>
    brokenPromises(
      schemaSnapshots([...Object.values(catalog).filter(({ type }) => type !== definition.type), definition]),
      published,
    )

  const withFirst = (schema: z.ZodType<{ orderId: string }>): Described => ({
    ...PaymentDeclined,
    versions: [{ ...first, schema }, ...PaymentDeclined.versions.slice(1)],
  })
  const shape = z.object({ orderId: z.string(), amount: z.int(), currency: z.string(), code: z.string() })

  it.each<[string, z.ZodType<{ orderId: string }>]>([
    ['gain a field', z.intersection(first.schema, z.object({ note: z.string() }))],
    ['gain an optional field', z.intersection(first.schema, z.object({ note: z.string().optional() }))],
    ['lose a field', shape.omit({ code: true })],
    ['become laxer', shape],
    ['become stricter', z.intersection(first.schema, z.object({ amount: z.int().min(1) }))],
  ])('cannot %s', (_, schema) => {
    expect(broken(withFirst(schema))).toEqual([
      `${path} is published and can't change. Undo the change, and add a new version with evolve() and its casts.`,
    ])
  })

  it('cannot go away', () => {
    expect(broken({ ...PaymentDeclined, versions: [first] })).toEqual([
      'PaymentDeclined/2.json is published, but the code has lost it. Bring the version back.',
    ])
  })

  it('may be described in other words, and its keys may be in another order', () => {
    expect(broken({ ...PaymentDeclined, means: 'the bank said no' })).toEqual([])
    const shuffled = new Map(published).set(path, JSON.stringify(reversedKeys(JSON.parse(published.get(path) ?? ''))))
    expect(brokenPromises(current, shuffled)).toEqual([])
  })

  it('may be followed by another', () => {
    const versions: Definition['versions'] = [
      first,
      ...(second ? [second] : []),
      { schema: shape, up: (older) => older },
    ]
    expect(broken({ ...PaymentDeclined, versions })).toEqual([])
  })

  it('promises a field that is called like an annotation', () => {
    const titled = (title: z.ZodType) =>
      schemaSnapshots([{ type: 'T', means: '', versions: [{ schema: z.object({ orderId: z.string(), title }) }] }])
    expect(brokenPromises(titled(z.string()), titled(z.int()))).toHaveLength(1)
  })
})

const reversedKeys = (schema: object): object => Object.fromEntries(Object.entries(schema).reverse())
