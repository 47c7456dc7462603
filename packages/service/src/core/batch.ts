/** Applies a batch of messages in one transaction: inbox, state and outbox, with a fixed number of statements. */
import type { Decoded, Language, Message, PublishVersions, ServiceModel } from '@quadrille/messages'
import {
  type Handoff,
  type InboxEntry,
  type Inserted,
  inboxKey,
  insertInbox,
  type Relay,
  readInbox,
} from '@quadrille/outbox'
import { type Database, isIdleTimeout, type Sql } from '@quadrille/postgres'
import { Unavailable } from '../errors/unavailable.ts'
import { claim, claimedSubjects } from './claim.ts'
import { type FoldOptions, fold } from './fold.ts'
import type { Lane } from './lanes.ts'
import { outgoing } from './outgoing.ts'
import { type Load, type Step, type StoredWorkingSet, type Tables, writeIfAny } from './working-set.ts'

/** The outcome of a message. Unless it is applied, it has changed nothing. */
export type BatchOutcome<State = unknown> =
  /** Its effect is committed. `state` is the state of its subject after it. */
  | { readonly status: 'applied'; readonly state: State }
  /** It was applied before. `state` is the state of its subject after the batch. */
  | { readonly status: 'duplicate'; readonly state: State }
  | { readonly status: 'failed'; readonly error: Error }
  /**
   * Another session holds a lock that the message needs, Postgres refuses this message, or another message of the batch has its id.
   * Others may succeed. `lane`: the lane of the next try. It is `first` if the message was not tried.
   */
  | { readonly status: 'not_now'; readonly error: Unavailable; readonly lane: Lane }

/** One error for all, because it is frequent and its stack says nothing. */
export const lockedError = new Unavailable(
  'Another session has locked the rows of this message, or a copy of it is handled at the same time; try again.',
)

/** Its claim was not granted, or another message of the batch has its id. */
const notTried = { status: 'not_now', error: lockedError, lane: 'first' } as const
const rowLocked = { status: 'not_now', error: lockedError, lane: 'retry' } as const

export interface BatchOptions<State>
  extends Pick<FoldOptions<State>, 'reactions' | 'traceOf'>,
    Partial<Pick<Load, 'waits'>> {
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
): Promise<BatchOutcome<State>[]> => {
  const { steps, outcomes, handoff, rows } = await commitBatch(items, options)
  handoff.committed(rows)
  options.onCommitted?.(steps, options.now())
  return outcomes
}

/** Reactions, with the encoding of their messages, have computed for so long that Postgres ended the transaction. */
class TooSlow extends Error {
  override readonly name = 'TooSlow'
}

/**
 * The CPU time of the reactions, with the encoding of their messages, ms, from which an idle timeout is their own fault. They
 * normally take microseconds. A process that was paused meanwhile has used no CPU time. To read the time of the whole process would
 * take several times as long during a garbage collection.
 */
const slowReactionsMs = 500

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** Applies the batch in one transaction. If that fails, the relay's capacity for its messages is freed. */
const commitBatch = async <State>(items: readonly Decoded[], options: BatchOptions<State>) => {
  let handoff: Handoff | undefined
  let tookMs = 0
  try {
    return await options.database.transaction(async (sql) => {
      const stored = await load(sql, items, options)
      const begunMs = cpuMs()
      const { steps, outcomes, writes } = decide(items, stored, options)
      handoff = options.relay.prepare(outgoing(steps, options))
      tookMs = cpuMs() - begunMs
      const rows = await sql.commit<Inserted>([...writes, ...handoff.statements])
      return { steps, outcomes, handoff, rows }
    })
  } catch (error) {
    handoff?.abandoned()
    if (!isIdleTimeout(error) || tookMs < slowReactionsMs) throw error
    throw new TooSlow(`The reactions took ${Math.round(tookMs)} ms, and Postgres ended the transaction.`, {
      cause: error,
    })
  }
}

/** The rows that the database has about the messages of a batch. */
interface Stored<State> {
  /** The messages whose subjects this transaction has locked. */
  readonly claimed: ReadonlySet<Message>
  /** The hashes of messages that were handled before, by their keys. */
  readonly inbox: ReadonlyMap<string, string>
  readonly set: StoredWorkingSet<State>
}

const load = async <State>(
  sql: Sql,
  items: readonly Decoded[],
  { tables, waits = true }: BatchOptions<State>,
): Promise<Stored<State>> => {
  const messages = items.map(({ message }) => message)
  const [claimed, inbox, set] = await Promise.all([
    claim(sql, messages, tables),
    readInbox(sql, messages),
    tables.load(sql, { messages, claimedSql: claimedSubjects, waits }),
  ]) // sent in sequence, in one round trip
  return { claimed, inbox, set }
}

/** Runs the reactions in memory. Returns an outcome for each item, and the statements that write the inbox and the state. */
const decide = <State>(items: readonly Decoded[], stored: Stored<State>, options: BatchOptions<State>) => {
  const { set } = stored
  const { language, model } = options
  const { fresh, duplicates, conflicts } = classify(items, stored, language)
  const free = fresh.filter(({ message }) => !set.isLocked?.(message))
  const { steps, failures } = fold(
    set,
    free.map(({ message }) => message),
    { ...options, service: model.name, now: options.now() },
  )
  const outcomes = new Map<Message, BatchOutcome<State>>()
  for (const { message } of fresh) outcomes.set(message, rowLocked) // the free ones have another outcome
  for (const { message, after } of steps) outcomes.set(message, { status: 'applied', state: after })
  for (const [message, error] of failures) outcomes.set(message, { status: 'failed', error })
  for (const message of duplicates) outcomes.set(message, { status: 'duplicate', state: set.of(message) })
  for (const message of conflicts) outcomes.set(message, { status: 'failed', error: conflict(message) })
  const applied = free.filter(({ message }) => !failures.has(message)).map((item) => toEntry(item, language))
  return {
    steps,
    outcomes: items.map(({ message }) => outcomes.get(message) ?? notTried),
    writes: [...writeIfAny(applied, insertInbox), ...set.changes(steps)],
  }
}

/** Separates the claimed messages whose key is not in the inbox from those whose key it has, with the same or another hash. */
const classify = (items: readonly Decoded[], { claimed, inbox }: Stored<unknown>, language: Language) => {
  /** The first message of each key. Further ones are tried again later, when it is certain whether the first was applied. */
  const fresh = new Map<string, Decoded>()
  const duplicates: Message[] = []
  const conflicts: Message[] = []
  for (const item of items) {
    const { message } = item
    if (!claimed.has(message)) continue
    const key = inboxKey(message)
    const known = inbox.get(key)
    if (known === undefined) fresh.set(key, fresh.get(key) ?? item)
    else if (isDuplicate(item, known, language)) duplicates.push(message)
    else conflicts.push(message)
  }
  return { fresh: [...fresh.values()], duplicates, conflicts }
}

/**
 * True for a message with the same id and the same content. For an internal message the id is enough: a task may be performed
 * twice, before and after an upgrade, or get a differently worded refusal. It still has one outcome.
 */
const isDuplicate = (item: Decoded, known: string, language: Language): boolean =>
  isInternal(item.message, language) || known === item.hash

const isInternal = ({ type }: Message, { messages }: Language): boolean => messages[type]?.kind === 'internal'

/** The hash of an internal message is not computed, because it is never compared. */
const toEntry = (item: Decoded, language: Language): InboxEntry => {
  const { subject, id } = item.message
  return { subject, id, hash: isInternal(item.message, language) ? '' : item.hash }
}

const conflict = ({ id, type }: Message): IdConflict =>
  new IdConflict(`${type} ${id} was handled before with other content.`)
