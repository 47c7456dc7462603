/** One batch of messages in one transaction: inbox, state and outbox together, with a fixed number of statements. */
import type { Decoded, Language, Message, PublishVersions, ServiceModel } from '@quadrille/messages'
import { eventAddress, taskAddress } from '@quadrille/messaging'
import { deleteFromInbox, type Handoff, insertInbox, type Outgoing, type Relay, readInbox } from '@quadrille/outbox'
import type { Database, Sql } from '@quadrille/postgres'
import { claim } from './claim.ts'
import { type FoldOptions, fold } from './fold.ts'
import type { LoadOptions, Step, Tables } from './working-set.ts'

/** The outcome of a message. One that failed has changed nothing. */
export type Outcome<State = unknown> =
  /** Its effect is committed. `state` is the state of its subject after it. */
  | { readonly status: 'applied'; readonly state: State }
  /** It was applied before. `state` is the state of its subject after the batch. */
  | { readonly status: 'duplicate'; readonly state: State }
  | { readonly status: 'failed'; readonly error: Error }

/** Another session holds what the message is about: nothing has happened, and it is to be tried later. */
export interface Held {
  readonly status: 'held'
}

const held: Held = { status: 'held' }

export interface BatchOptions<State> extends Omit<FoldOptions<State>, 'now'>, LoadOptions {
  readonly language: Language
  readonly model: ServiceModel
  readonly database: Pick<Database, 'transaction'>
  readonly relay: Pick<Relay, 'insert'>
  readonly tables: Tables<State>
  readonly publishVersions: PublishVersions
  readonly now: () => Date
  readonly onCommitted?: OnCommitted<State> | undefined
}

/**
 * Called with the steps of each transaction after its commit: once for every step, however often its batch was run. It isn't
 * called for a commit whose answer was lost with the connection. Declared as a method, so that a service may read its steps with
 * the messages of its own language.
 */
export type OnCommitted<State, M extends Message = Message> = {
  onCommitted(steps: readonly Step<State, M>[], now: Date): void
}['onCommitted']

/** The same id has come with other content: one of the two is not what it says it is. */
export class IdConflict extends Error {
  override readonly name = 'IdConflict'
}

/**
 * Applies the batch, but for what another session holds. Resolves after the commit, with an outcome for each item, in their
 * order.
 * @throws where the transaction failed as a whole; then nothing has changed, unless the connection was lost in the commit.
 */
export const applyBatch = async <State>(
  items: readonly Decoded[],
  options: BatchOptions<State>,
): Promise<(Outcome<State> | Held)[]> => {
  const { steps, outcomes, handoff } = await commitBatch(items, options)
  handoff?.committed()
  options.onCommitted?.(steps, options.now())
  return outcomes
}

/** In one transaction; where that fails what it was to send is given back. */
const commitBatch = async <State>(items: readonly Decoded[], options: BatchOptions<State>) => {
  let handoff: Handoff | undefined
  try {
    const committed = await options.database.transaction(async (sql) => {
      const claimed = await claimAll(sql, items, options)
      if (claimed.length === 0) return { steps: [], outcomes: items.map(() => held) }
      const [{ fresh, repeated, conflicts }, set] = await Promise.all([
        sortOut(sql, claimed, options.language),
        options.tables.load(
          sql,
          claimed.map(({ message }) => message),
          options,
        ), // in one round trip with the inbox, and after it
      ])
      const [waiting, free] = partition(fresh, (message) => set.isHeld?.(message) ?? false)
      const { steps, failures } = fold(set, free, { ...options, now: options.now() })
      const leaving = [...waiting, ...failures.keys()]
      if (leaving.length > 0)
        await deleteFromInbox(
          sql,
          leaving.map(({ id }) => id),
        )
      const send = async () => {
        handoff = await options.relay.insert(sql, outgoing(steps, options))
      }
      await Promise.all([set.save(sql, steps), send()])
      const outcomes = new Map<Message, Outcome<State>>()
      for (const { message, after } of steps) outcomes.set(message, { status: 'applied', state: after })
      for (const message of repeated) outcomes.set(message, { status: 'duplicate', state: set.of(message) })
      for (const [message, error] of [...conflicts, ...failures]) outcomes.set(message, { status: 'failed', error })
      return { steps, outcomes: items.map(({ message }) => outcomes.get(message) ?? held) }
    })
    return { ...committed, handoff }
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

interface SortedOut {
  readonly fresh: readonly Message[]
  readonly repeated: readonly Message[]
  /** Messages with the id of another one. */
  readonly conflicts: ReadonlyMap<Message, IdConflict>
}

/** Enters the messages in the inbox, and separates the fresh ones from repetitions and conflicts. */
const sortOut = async (sql: Sql, items: readonly Decoded[], language: Language): Promise<SortedOut> => {
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
  const [repeated, conflicting] = partition(rest, (item) => isRepetition(item, known.get(item.message.id), language))
  return {
    fresh: fresh.map(({ message }) => message),
    repeated: repeated.map(({ message }) => message),
    conflicts: new Map(conflicting.map(({ message }) => [message, conflict(message)])),
  }
}

/**
 * The same id with the same content. An internal message is identified by its id alone: a task that is performed twice, before and
 * after an upgrade or by an external system that words its refusal differently, still has one outcome.
 */
const isRepetition = ({ message, hash }: Decoded, known: string | undefined, { messages }: Language): boolean =>
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
