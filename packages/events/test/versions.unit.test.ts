import type { Definition } from '@quadrille/messages'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalog, shop } from '../src/index.ts'
import { dataOf } from './arbitraries.ts'

const definitions: readonly Definition[] = Object.values(catalog)
const steps = definitions.flatMap((definition) =>
  definition.versions
    .slice(1)
    .map((_, index) => ({ definition, type: definition.type, older: index + 1, newer: index + 2 })),
)

/** The schemas of the messages that leave their process, by their names. */
const published = [
  ...definitions
    .filter(({ kind }) => kind !== 'internal')
    .flatMap(({ type, versions }) =>
      versions.map(({ schema }, index) => ({ name: `${type} version ${index + 1}`, schema })),
    ),
  ...Object.values(shop.questions).flatMap(({ type, asked, answer }) => [
    { name: `the question ${type}`, schema: asked },
    { name: `the answer to ${type}`, schema: answer },
  ]),
]

// A check or a conversion that JSON Schema can't express changes no snapshot, although it changes a published version.
it.each(published)('$name accepts everything that its JSON Schema allows, and changes nothing', ({ schema }) => {
  fc.assert(
    fc.property(dataOf({ versions: [{ schema }] }, 1), (data) => {
      expect(schema.parse(data)).toEqual(data)
    }),
  )
})

it('has a message with two versions', () => expect(steps.length).toBeGreaterThan(0))

describe.each(steps)('$type between version $older and $newer', ({ definition, older, newer }) => {
  const { schema: olderSchema } = definition.versions[older - 1] ?? definition.versions[0]
  const { schema: newerSchema, up, down } = definition.versions[newer - 1] ?? definition.versions[0]

  it('upcasts everything that was valid to something valid', () => {
    fc.assert(
      fc.property(dataOf(definition, older), (data) => {
        const upcast = up?.(olderSchema.parse(data))
        expect(newerSchema.parse(upcast)).toEqual(upcast)
      }),
    )
  })

  it('downcasts everything that is valid to something that readers of the older version accept, or to nothing', () => {
    fc.assert(
      fc.property(dataOf(definition, newer), (data) => {
        const downcast = down?.(newerSchema.parse(data))
        if (downcast !== undefined) expect(olderSchema.parse(downcast)).toEqual(downcast)
      }),
    )
  })

  it('keeps the identity of a message that both versions can express', () => {
    fc.assert(
      fc.property(dataOf(definition, newer), (data) => {
        const read = newerSchema.parse(data)
        const downcast = down?.(read)
        if (downcast !== undefined) expect(definition.identity(downcast)).toBe(definition.identity(read))
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
