/** JSON Schema snapshots: the contract of each published version of each message, and of the envelope. */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Definition } from '../definition.ts'
import { envelopeSchema } from '../envelope.ts'
import type { Language } from '../language.ts'
import type { Question } from '../question.ts'

/** File contents by path. */
export type Files = ReadonlyMap<string, string>

interface Described extends Pick<Language, 'name' | 'questions' | 'subject'> {
  readonly messages: Readonly<Record<string, Pick<Definition, 'type' | 'kind' | 'summary' | 'versions'>>>
}

interface Contract {
  readonly schema: z.ZodType
  readonly type: string
  /** The part of the file's name and of the schema's URN, after the type. */
  readonly part: string
  readonly title: string
  readonly description: string
}

/** The snapshot of the attributes that every message has. */
const envelopePath = 'Envelope/attributes.json'

/**
 * The snapshot of every version, by a path such as `Example/2.json`, of every question, such as `Example/asked.json` and
 * `Example/answer.json`, and of the envelope. They describe the input that a reader accepts, so unknown fields are allowed.
 * Internal messages have none, because they never leave their process: another release reads none of them.
 */
export const schemaSnapshots = ({ name, messages, questions, subject }: Described): Files =>
  new Map(
    [
      ...Object.values(messages)
        .filter(({ kind }) => kind !== 'internal')
        .flatMap(versionsOf),
      ...Object.values(questions).flatMap(contentsOf),
      envelopeOf(subject),
    ].map(({ schema, type, part, title, description }): [string, string] => {
      const { $schema, ...rules } = z.toJSONSchema(schema, { io: 'input' })
      const heading = { $schema, $id: `urn:${name}:${type}:${part}`, title }
      return [`${type}/${part}.json`, `${JSON.stringify({ ...heading, description, ...rules }, null, 2)}\n`]
    }),
  )

const versionsOf = ({ type, summary: description, versions }: Described['messages'][string]): Contract[] =>
  versions.map(({ schema }, index) => {
    const part = String(index + 1)
    return { schema, type, part, title: `${type}, version ${part}`, description }
  })

const contentsOf = ({ type, summary: description, asked, answer }: Question): Contract[] => [
  { schema: asked, type, part: 'asked', title: `${type}, the question`, description },
  { schema: answer, type, part: 'answer', title: `${type}, the answer`, description },
]

const envelopeOf = (subject: Described['subject']): Contract => ({
  schema: envelopeSchema(subject),
  type: 'Envelope',
  part: 'attributes',
  title: 'The envelope of every message',
  description: 'CloudEvents 1.0, structured JSON',
})

/**
 * The snapshots that are not published yet. Published files are never overwritten, even if a description in the code
 * has changed. The exception is the envelope, which may get further attributes.
 */
export const unpublishedSnapshots = (current: Files, published: Files): Files =>
  new Map(
    [...current].filter(([path, text]) =>
      path === envelopePath ? text !== published.get(path) : !published.has(path),
    ),
  )

/**
 * Differences between the schemas in the code and the published ones, one sentence each. Titles and descriptions may
 * change. A rule may become neither stricter nor laxer, because messages or readers of the version may still exist. A rule that
 * JSON Schema can't express, such as a `refine` or a `catch`, is not compared. The envelope may get optional attributes, because readers ignore
 * those that they do not know.
 */
export const changedContracts = (current: Files, published: Files): string[] =>
  [...published].flatMap(([path, text]) => {
    const now = current.get(path)
    if (now === undefined) return [`${path} is published, but missing in the code. ${restoring(path, current)}`]
    const [after, before] = [contractOf(now), contractOf(text)]
    if (isDeepStrictEqual(path === envelopePath ? withPropertiesOf(before, after) : after, before)) return []
    return [`${path} is published and can't change. Undo the change, and ${instead(path)}.`]
  })

/** The contract without the properties that the earlier one lacks. A new property that is required stays in `required`. */
const withPropertiesOf = ({ properties: known = {} }: JsonSchema, { properties = {}, ...rest }: JsonSchema) => ({
  ...rest,
  properties: Object.fromEntries(Object.entries(properties).filter(([name]) => name in known)),
})

/** The remedy for a missing snapshot. */
const restoring = (path: string, current: Files): string => {
  const [type = ''] = path.split('/')
  if ([...current.keys()].some((other) => other.startsWith(`${type}/`))) return 'Restore the version.'
  return `Restore ${type}. If it is retired, delete its folder of schemas too.`
}

/** The addition that replaces a change. */
const instead = (path: string): string => {
  if (path === envelopePath) return 'add only optional attributes'
  return /\/\d+\.json$/.test(path)
    ? 'add a new version with withVersion() and its casts'
    : 'add a question with another name'
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, unknown>>
}

/** The contract in a schema's text. */
const contractOf = (text: string): JsonSchema => JSON.parse(text, asContract)

/**
 * Removes annotations (JSON Schema validation, section 9.1), which are texts, and sorts the names of required fields. A property of
 * the same name has a schema instead.
 */
const asContract = (key: string, value: unknown): unknown => {
  if (key === 'required' && Array.isArray(value)) return value.toSorted()
  return (key === 'title' || key === 'description') && typeof value === 'string' ? undefined : value
}
