/** JSON Schema snapshots: the contract of each published version of each message. */
import canonicalize from 'canonicalize'
import { z } from 'zod'
import type { Definition } from '../definition.ts'
import type { Language } from '../language.ts'

/** File contents by path. */
export type Files = ReadonlyMap<string, string>

interface Described extends Pick<Language, 'name'> {
  readonly messages: Readonly<Record<string, Pick<Definition, 'type' | 'summary' | 'versions'>>>
}

/**
 * The snapshot of every version, by a path such as `Example/2.json`. They describe the input that a consumer accepts,
 * so unknown fields are allowed.
 */
export const schemaSnapshots = ({ name, messages }: Described): Files =>
  new Map(
    Object.values(messages).flatMap(({ type, summary, versions }) =>
      versions.map(({ schema }, index): [string, string] => {
        const { $schema, ...rules } = z.toJSONSchema(schema, { io: 'input' })
        const version = index + 1
        const heading = { $schema, $id: `urn:${name}:${type}:${version}`, title: `${type}, version ${version}` }
        return [
          `${type}/${version}.json`,
          `${JSON.stringify({ ...heading, description: summary, ...rules }, null, 2)}\n`,
        ]
      }),
    ),
  )

/**
 * The snapshots that are not published yet. Published files are never overwritten, even if a description in the code
 * has changed.
 */
export const unpublishedSnapshots = (current: Files, published: Files): Files =>
  new Map([...current].filter(([path]) => !published.has(path)))

/**
 * Differences between the schemas in the code and the published ones, one sentence each. Titles and descriptions may
 * change. A rule may become neither stricter nor laxer, because messages or readers of the version may still exist.
 */
export const changedContracts = (current: Files, published: Files): string[] =>
  [...published].flatMap(([path, text]) => {
    const now = current.get(path)
    if (now === undefined) return [`${path} is published, but missing in the code. Restore the version.`]
    if (contractOf(now) === contractOf(text)) return []
    return [
      `${path} is published and can't change. Undo the change, and add a new version with evolve() and its casts.`,
    ]
  })

/** The contract in a schema's text in canonical form, independent of the order of keys. */
const contractOf = (text: string): string => canonicalize(JSON.parse(text, withoutAnnotations)) ?? ''

/** Annotations (JSON Schema validation, section 9.1) are texts. A property of the same name has a schema instead. */
const withoutAnnotations = (key: string, value: unknown): unknown =>
  (key === 'title' || key === 'description') && typeof value === 'string' ? undefined : value
