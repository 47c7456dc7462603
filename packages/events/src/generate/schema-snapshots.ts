/** JSON Schema snapshots: what each version of each message has promised since it was published. */
import canonicalize from 'canonicalize'
import { z } from 'zod'
import type { Definition } from '../definition.ts'

/** File contents by path. */
export type Files = ReadonlyMap<string, string>

type Described = Pick<Definition, 'type' | 'means' | 'versions'>

/**
 * The snapshot of every version, by a path such as `PaymentDeclined/2.json`. They describe what a consumer accepts
 * (the schemas' input side), so fields that it doesn't know are allowed.
 */
export const schemaSnapshots = (definitions: readonly Described[]): Files =>
  new Map(
    definitions.flatMap(({ type, means, versions }) =>
      versions.map(({ schema }, index): [string, string] => {
        const { $schema, ...rules } = z.toJSONSchema(schema, { io: 'input' })
        const version = index + 1
        const heading = { $schema, $id: `urn:quadrille:${type}:${version}`, title: `${type}, version ${version}` }
        return [`${type}/${version}.json`, `${JSON.stringify({ ...heading, description: means, ...rules }, null, 2)}\n`]
      }),
    ),
  )

/** The snapshots that aren't published yet. A published one is never written again, so descriptions in the code may improve. */
export const unpublished = (current: Files, published: Files): Files =>
  new Map([...current].filter(([path]) => !published.has(path)))

/**
 * Where the schemas in the code break what is published, one sentence each. Titles and descriptions may change;
 * a rule may not, be it stricter or laxer: somewhere a message or a reader of the version still exists.
 */
export const brokenPromises = (current: Files, published: Files): string[] =>
  [...published].flatMap(([path, text]) => {
    const now = current.get(path)
    if (now === undefined) return [`${path} is published, but the code has lost it. Bring the version back.`]
    if (contractOf(now) === contractOf(text)) return []
    return [
      `${path} is published and can't change. Undo the change, and add a new version with evolve() and its casts.`,
    ]
  })

/** What a schema text promises, in one canonical form: the same whatever the order of its keys. */
const contractOf = (text: string): string => canonicalize(JSON.parse(text, withoutAnnotations)) ?? ''

/** Annotations (JSON Schema validation, section 9.1) are texts; a property that is called so has a schema instead. */
const withoutAnnotations = (key: string, value: unknown): unknown =>
  (key === 'title' || key === 'description') && typeof value === 'string' ? undefined : value
