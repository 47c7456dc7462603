/** What a message is: its type, its versions, and what makes two of them the same message. */
import type { z } from 'zod'

/** `event`: public, on a fanout exchange. `task`: work for one queue's workers. `internal`: what a service tells its own reactions. */
export type MessageKind = 'event' | 'task' | 'internal'

interface Version {
  readonly schema: z.ZodType<{ orderId: string }>
  /** From the version before to this one. The first version has none. */
  readonly up?: (older: unknown) => unknown
  /** From this version to the one before, for a publisher that still sends the older one. */
  readonly down?: (newer: unknown) => unknown
}

export interface Definition<Type extends string = string, Data = unknown> {
  readonly type: Type
  readonly kind: MessageKind
  /** One sentence, shown in the AsyncAPI document. */
  readonly means: string
  /** Data of the newest version, as the documents show it. */
  readonly example?: unknown
  /** Oldest first: version n is at n − 1. A published version never changes. */
  readonly versions: readonly [Version, ...Version[]]
  /**
   * What tells two messages of one type and order apart. Empty for most: an order has at most one.
   * The id of a message is derived from it, so doing a thing twice yields the same id.
   */
  readonly identity: (data: Data) => string
}

/** The identity of a type of which an order has one message at most. */
const oneAnOrder = () => ''

type Describe<Data> = {
  readonly means: string
  readonly example?: Data
  readonly identity?: (data: Data) => string
}

const define =
  (kind: MessageKind) =>
  <Type extends string, Schema extends z.ZodType<{ orderId: string }>>(
    type: Type,
    schema: Schema,
    { means, example, identity = oneAnOrder }: Describe<z.output<Schema>>,
  ): Definition<Type, z.output<Schema>> => ({ type, kind, means, example, versions: [{ schema }], identity })

/** A public event: the language between services. */
export const event = define('event')
/** A unit of external work. It goes through a work queue to one of the competing workers. */
export const task = define('task')
/** A message from a service to its own reactions: a task's final outcome, or a request that came by HTTP. */
export const internal = define('internal')

interface Casts<Old, New> {
  readonly up: (older: Old) => New
  readonly down: (newer: New) => Old
}

/**
 * Adds the next version of a message. The two casts must be total: every valid older message has a newer form,
 * and every newer one a form that consumers of the older version can read.
 */
export const evolve = <Type extends string, Old, New extends { orderId: string }, Given extends Casts<Old, New>>(
  definition: Definition<Type, Old>,
  schema: z.ZodType<New>,
  // A type of its own, or the compiler would infer the versions from what the casts return, and forget literals.
  { up, down }: Given,
): Definition<Type, New> => ({
  ...definition,
  ...(definition.example !== undefined && { example: up(definition.example as Old) }),
  versions: [...definition.versions, { schema, up: (older) => up(older as Old), down: (newer) => down(newer as New) }],
  identity: isOneAnOrder(definition) ? oneAnOrder : (data) => definition.identity(down(data)),
})

/** Whether an order has one message of this type at most, so that its id follows from the order alone. */
export const isOneAnOrder = ({ identity }: { readonly identity: (data: never) => string }): boolean =>
  identity === oneAnOrder

/** The number of the newest version; the first is 1. */
export const newestVersion = (definition: Pick<Definition, 'versions'>): number => definition.versions.length

/** The schema of the newest version's data. */
export const newestSchema = ({ versions }: Pick<Definition, 'versions'>): Version['schema'] =>
  (versions.at(-1) ?? versions[0]).schema
