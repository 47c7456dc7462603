/** The definition of a message: its type, its versions, and its identity. */
import { z } from 'zod'

/**
 * `event`: public, on a fanout exchange. `task`: work for the workers of a queue. `internal`: from a service to its own
 * reactions.
 */
export type MessageKind = 'event' | 'task' | 'internal'

/**
 * Converts the data of one version to another. Declared as a method, because the compiler then accepts casts of
 * different types in one array.
 */
type Cast<From, To> = { cast(data: From): To }['cast']

interface Version {
  readonly schema: z.ZodType<object>
  /** Converts from the previous version. The first version has none. */
  readonly up?: Cast<unknown, unknown>
  /** Converts to the previous version, for a publisher that still sends it. Undefined if that version can't express the data. */
  readonly down?: Cast<unknown, unknown>
  /** Whether the previous version can't express some of the data. */
  readonly isDownPartial?: boolean
}

/** One type of message. `Data` is the data of the newest version; by default any. */
export interface Definition<Type extends string = string, Data = unknown> {
  readonly type: Type
  readonly kind: MessageKind
  /** The meaning in a few words, without a period. Shown in the documents. */
  readonly summary: string
  /** Data of the newest version. Shown in the documents. Every event has one. */
  readonly example?: Data | undefined
  /** Oldest first: version n is at n − 1. A published version never changes. */
  readonly versions: readonly [Version, ...Version[]]
  /**
   * Distinguishes messages of one type about one subject. Empty for a type with at most one message per subject. The
   * message id is derived from it, so repeated work yields the same id.
   */
  readonly identity: Cast<Data, string>
  /** The field of the data that holds the id of the subject, a UUID. Default: the field that the language names. */
  readonly subjectField?: string | undefined
}

/** The messages of a language, by type. */
export type Catalog = Readonly<Record<string, Definition>>

/**
 * The same catalog with compiled schemas: they accept the same data several times faster. The schemas of a catalog itself stay
 * readable for documents.
 */
export const compileSchemas = (catalog: Catalog): Catalog =>
  Object.fromEntries(
    Object.entries(catalog).map(([type, definition]) => {
      const [first, ...later] = definition.versions
      return [type, { ...definition, versions: [compileSchema(first), ...later.map(compileSchema)] }]
    }),
  )

const compileSchema = (version: Version): Version => ({ ...version, schema: z.compile(version.schema) })

/** The identity of a type with at most one message per subject. */
const onePerSubject = () => ''

type Description<Data, Field extends string> = {
  readonly summary: string
  readonly example?: Data
  /** Omit it for a type with at most one message per subject: a function that returns an empty text is not recognized as that. */
  readonly identity?: (data: Data) => string
  readonly subjectField?: Field
}

const define =
  (kind: MessageKind) =>
  <Type extends string, Schema extends z.ZodType<object>, Field extends string = never>(
    type: Type,
    schema: Schema,
    { summary, example, identity = onePerSubject, subjectField }: Description<z.output<Schema>, Field>,
  ): Definition<Type, z.output<Schema>> & { readonly subjectField?: Field | undefined } => ({
    type,
    kind,
    summary,
    example,
    versions: [{ schema }],
    identity,
    subjectField,
  })

/** A public event, which other services consume. The documents show its example. */
export const event = <Type extends string, Schema extends z.ZodType<object>, Field extends string = never>(
  type: Type,
  schema: Schema,
  description: Description<z.output<Schema>, Field> & { readonly example: z.output<Schema> },
) => define('event')(type, schema, description)
/** A unit of external work. It goes through a work queue to one of the competing workers. */
export const task = define('task')
/**
 * A message from a service to its own reactions: the final outcome of a task, or a request. One with a known id changes nothing, even
 * if its data differs. So a request that a subject may have several of needs an `identity`.
 */
export const internal = define('internal')

interface TotalCasts<Old, New> {
  readonly up: (older: Old) => New
  readonly down: (newer: New) => Old
}

interface PartialCasts<Old, New> {
  readonly up: (older: Old) => New
  /** Undefined for data that the older version can't express. */
  readonly down: (newer: New) => Old | undefined
  /** The same as in the older version, for data that it can express. */
  readonly identity: (newer: New) => string
}

/**
 * Adds the next version of a message. Every valid older message must have a newer form. A newer one should have a form for
 * consumers of the older version. Without one it is always sent in the newer version: an older consumer parks it as
 * `future_version`, and replays it after its upgrade.
 */
export const withVersion = <
  Type extends string,
  Old,
  New extends object,
  Given extends TotalCasts<Old, New> | PartialCasts<Old, New>,
  Field extends string = never,
>(
  definition: Definition<Type, Old> & { readonly subjectField?: Field | undefined },
  schema: z.ZodType<New>,
  // A separate type parameter. Otherwise the compiler would infer the versions from the results of the casts, and lose
  // literals.
  casts: Given,
): Definition<Type, New> & { readonly subjectField?: Field | undefined } => ({
  ...definition,
  example: definition.example === undefined ? undefined : casts.up(definition.example),
  versions: [...definition.versions, { schema, up: casts.up, down: casts.down, isDownPartial: 'identity' in casts }],
  identity: identityAfter(definition, casts),
})

const identityAfter = <Type extends string, Old, New>(
  definition: Definition<Type, Old>,
  casts: TotalCasts<Old, New> | PartialCasts<Old, New>,
): ((data: New) => string) => {
  if ('identity' in casts) return casts.identity
  return isUniquePerSubject(definition) ? onePerSubject : (data) => definition.identity(casts.down(data))
}

/** Whether a subject has at most one message of this type. Its id then depends on the subject alone. */
export const isUniquePerSubject = ({ identity }: Pick<Definition, 'identity'>): boolean => identity === onePerSubject

/** The number of the newest version; the first is 1. */
export const newestVersion = ({ versions }: Pick<Definition, 'versions'>): number => versions.length

/** The schema of the newest version's data. */
export const newestSchema = ({ versions }: Pick<Definition, 'versions'>): Version['schema'] =>
  (versions.at(-1) ?? versions[0]).schema
