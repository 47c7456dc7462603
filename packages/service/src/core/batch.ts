/** Applies a batch of messages in one transaction: inbox, state and outbox, with a fixed number of statements. */
import type { Decoded, Language, Message, PublishVersions, ServiceModel } from '@quadrille/messages'
import { eventAddress, taskAddress } from '@quadrille/messaging'
import {
  deleteFromInbox,
  type Handoff,
  type Inserted,
  insertInbox,
  type Outgoing,
  type Relay,
  readInbox,
} from '@quadrille/outbox'
import type { Database, Sql } from '@quadrille/postgres'
import { claim } from './claim.ts'
import { type FoldOptions, fold } from './fold.ts'
import { type LoadOptions, type Step, type Tables, unlessEmpty } from './working-set.ts'

/** The outcome of a message. A failed message has changed nothing. */
export type Outcome<State = unknown> =
  /** Its effect is committed. `state` is the state of its subject after it. */
  | { readonly status: 'applied'; readonly state: State }
  /** It was applied before. `state` is the state of its subject after the batch. */
  | { readonly status: 'duplicate'; readonly state: State }
  | { readonly status: 'failed'; readonly error: Error }

/** Another session has locked the subject of the message, or a row that it shares. Nothing has changed; it is tried later. */
export interface Locked {
  readonly status: 'locked'
  /** False if its claim was not granted: it was not part of the batch then. */
  readonly wasTried: boolean
}

const unclaimed: Locked = { status: 'locked', wasTried: false }
const sharedRowLocked: Locked = { status: 'locked', wasTried: true }

export interface BatchOptions<State> extends Omit<FoldOptions<State>, 'now'>, LoadOptions {
  readonly language: Language
  readonly model: ServiceModel
  readonly database: Pick<Database, 'transaction'>
  readonly relay: Pick<Relay, 'prepare'>
  readonly tables: Tables<State>
  readonly publishVersions: PublishVersions
  readonly now: () => Date
  readonly onCommitted?: OnCommitted<State> | undefined
}

/**
 * Called after each commit with the steps of the transaction: once for each step, even if its batch ran several times. Not
 * called if the connection is lost before the commit is confirmed. Declared as a method, so that a service can type the steps
 * with the messages of its own language.
 */
export type OnCommitted<State, M extends Message = Message> = {
  onCommitted(steps: readonly Step<State, M>[], now: Date): void
}['onCommitted']

/** A different message with the same id was handled before. */
export class IdConflict extends Error {
  override readonly name = 'IdConflict'
}

/**
 * Applies the messages whose subjects no other session has locked. Resolves after the commit, with an outcome for each item, in
 * the same order.
 * @throws if the transaction fails. Nothing has changed then, unless the connection was lost during the commit.
 */
export const applyBatch = async <State>(
  items: readonly Decoded[],
  options: BatchOptions<State>,
): Promise<(Outcome<State> | Locked)[]> => {
  const { steps, outcomes, sent } = await commitBatch(items, options)
  sent?.handoff.committed(sent.rows)
  options.onCommitted?.(steps, options.now())
  return outcomes
}

/** Applies the batch in one transaction. If that fails, the relay's capacity for its messages is freed. */
const commitBatch = async <State>(items: readonly Decoded[], options: BatchOptions<State>) => {
  let handoff: Handoff | undefined
  try {
    return await options.database.transaction(async (sql) => {
      const claimed = await claimAll(sql, items, options)
      if (claimed.length === 0) return { steps: [], outcomes: items.map(() => unclaimed) }
      const [{ fresh, duplicates, conflicts }, set] = await Promise.all([
        classify(sql, claimed, options.language),
        options.tables.load(
          sql,
          claimed.map(({ message }) => message),
          options,
        ), // sent after the inbox statement, in the same round trip
      ])
      const [locked, free] = partition(fresh, (message) => set.isLocked?.(message) ?? false)
      const { steps, failures } = fold(set, free, { ...options, now: options.now() })
      const unhandled = [...locked, ...failures.keys()]
      const removed = unlessEmpty(unhandled, (messages) => deleteFromInbox(messages.map(({ id }) => id)))
      const outcomes = new Map<Message, Outcome<State> | Locked>()
      for (const message of locked) outcomes.set(message, sharedRowLocked)
      for (const { message, after } of steps) outcomes.set(message, { status: 'applied', state: after })
      for (const message of duplicates) outcomes.set(message, { status: 'duplicate', state: set.of(message) })
      for (const [message, error] of [...conflicts, ...failures]) outcomes.set(message, { status: 'failed', error })
      handoff = options.relay.prepare(outgoing(steps, options))
      const rows = await sql.commit<Inserted>([...removed, ...set.changes(steps), ...handoff.statements])
      const sent = { handoff, rows }
      return { steps, outcomes: items.map(({ message }) => outcomes.get(message) ?? unclaimed), sent }
    })
  } catch (error) {
    handoff?.abandoned()
    throw error
  }
}

const claimAll = async <State>(
  sql: Sql,
  items: readonly Decoded[],
  { tables }: Pick<BatchOptions<State>, 'tables'>,
): Promise<Decoded[]> => {
  const claimed = await claim(
    sql,
    items.map(({ message }) => message),
    tables,
  )
  return items.filter(({ message }) => claimed.has(message))
}

const partition = <Item>(items: readonly Item[], belongs: (item: Item) => boolean): [Item[], Item[]] => [
  items.filter(belongs),
  items.filter((item) => !belongs(item)),
]

interface Classified {
  readonly fresh: readonly Message[]
  readonly duplicates: readonly Message[]
  /** Messages whose id a different message already has. */
  readonly conflicts: ReadonlyMap<Message, IdConflict>
}

/** Inserts the messages into the inbox, and separates new messages from duplicates and conflicts. */
const classify = async (sql: Sql, items: readonly Decoded[], language: Language): Promise<Classified> => {
  const first = new Map<string, Decoded>()
  for (const item of items) if (!first.has(item.message.id)) first.set(item.message.id, item)
  const entered = await insertInbox(
    sql,
    [...first.values()].map(({ message, hash }) => ({ id: message.id, hash })),
  )
  const [fresh, rest] = partition(items, (item) => first.get(item.message.id) === item && entered.has(item.message.id))
  const known =
    rest.length > 0
      ? await readInbox(
          sql,
          rest.map(({ message }) => message.id),
        )
      : new Map<string, string>()
  const [duplicates, conflicting] = partition(rest, (item) => isDuplicate(item, known.get(item.message.id), language))
  return {
    fresh: fresh.map(({ message }) => message),
    duplicates: duplicates.map(({ message }) => message),
    conflicts: new Map(conflicting.map(({ message }) => [message, conflict(message)])),
  }
}

/**
 * True for a message with the same id and the same content. For an internal message the id is enough: a task may be performed
 * twice, before and after an upgrade, or get a differently worded refusal. It still has one outcome.
 */
const isDuplicate = ({ message, hash }: Decoded, known: string | undefined, { messages }: Language): boolean =>
  known !== undefined && (known === hash || messages[message.type]?.kind === 'internal')

const conflict = ({ id, type }: Message): IdConflict =>
  new IdConflict(`${type} ${id} was handled before with other content.`)

const outgoing = (
  steps: readonly Step[],
  { language, model, publishVersions }: Pick<BatchOptions<never>, 'language' | 'model' | 'publishVersions'>,
): Outgoing[] => {
  const row = (message: Message, to: Outgoing['to']): Outgoing => ({
    id: message.id,
    type: message.type,
    subject: message.subject,
    to,
    body: Buffer.from(language.encode(message, publishVersions)).toString(),
    traceparent: message.traceparent,
  })
  return steps.flatMap(({ events, tasks }) => [
    ...events.map((event) => row(event, eventAddress(model.name))),
    ...tasks.map((task) => row(task, taskAddress(model))),
  ])
}
