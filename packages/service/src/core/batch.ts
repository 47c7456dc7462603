/** Applies a batch of messages in one transaction: inbox, state and outbox, with a fixed number of statements. */
import type { Decoded, Language, Message, PublishVersions, ServiceModel } from '@quadrille/messages'
import { eventAddress, taskAddress } from '@quadrille/messaging'
import { type Handoff, type Inserted, insertInbox, type Outgoing, type Relay, readInbox } from '@quadrille/outbox'
import type { Database } from '@quadrille/postgres'
import { claim, claimedSubjects } from './claim.ts'
import { type FoldOptions, fold } from './fold.ts'
import { type Load, type Step, type Tables, unlessEmpty } from './working-set.ts'

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

export interface BatchOptions<State> extends Omit<FoldOptions<State>, 'now'>, Partial<Pick<Load, 'waits'>> {
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
      const messages = items.map(({ message }) => message)
      const ids = messages.map(({ id }) => id)
      const [claimed, inbox, set] = await Promise.all([
        claim(sql, messages, options.tables),
        readInbox(sql, ids),
        options.tables.load(sql, { messages, claimed: claimedSubjects, waits: options.waits ?? true }),
      ]) // sent in sequence, in one round trip
      const mine = items.filter(({ message }) => claimed.has(message))
      const { fresh, duplicates, conflicts } = classify(mine, inbox, options.language)
      const [locked, free] = partition(fresh, ({ message }) => set.isLocked?.(message) ?? false)
      const { steps, failures } = fold(
        set,
        free.map(({ message }) => message),
        { ...options, now: options.now() },
      )
      const outcomes = new Map<Message, Outcome<State> | Locked>()
      for (const { message } of locked) outcomes.set(message, sharedRowLocked)
      for (const { message, after } of steps) outcomes.set(message, { status: 'applied', state: after })
      for (const { message } of duplicates) outcomes.set(message, { status: 'duplicate', state: set.of(message) })
      for (const { message } of conflicts) outcomes.set(message, { status: 'failed', error: conflict(message) })
      for (const [message, error] of failures) outcomes.set(message, { status: 'failed', error })
      handoff = options.relay.prepare(outgoing(steps, options))
      const applied = free.filter(({ message }) => !failures.has(message))
      const rows = await sql.commit<Inserted>([
        ...unlessEmpty(applied.map(toEntry), insertInbox),
        ...set.changes(steps),
        ...handoff.statements,
      ])
      const sent = { handoff, rows }
      return { steps, outcomes: items.map(({ message }) => outcomes.get(message) ?? unclaimed), sent }
    })
  } catch (error) {
    handoff?.abandoned()
    throw error
  }
}

const partition = <Item>(items: readonly Item[], belongs: (item: Item) => boolean): [Item[], Item[]] => [
  items.filter(belongs),
  items.filter((item) => !belongs(item)),
]

interface Classified {
  /** The first message of each id. Further ones are tried again later, when it is certain whether the first was applied. */
  readonly fresh: readonly Decoded[]
  readonly duplicates: readonly Decoded[]
  /** Messages whose id a different message already has. */
  readonly conflicts: readonly Decoded[]
}

/** Separates new messages from those whose id is in the inbox, with its hash. */
const classify = (items: readonly Decoded[], inbox: ReadonlyMap<string, string>, language: Language): Classified => {
  const [handled, others] = partition(items, ({ message }) => inbox.has(message.id))
  const first = new Map(others.toReversed().map((item) => [item.message.id, item]))
  const [duplicates, conflicts] = partition(handled, (item) => isDuplicate(item, inbox.get(item.message.id), language))
  return { fresh: [...first.values()].toReversed(), duplicates, conflicts }
}

/**
 * True for a message with the same id and the same content. For an internal message the id is enough: a task may be performed
 * twice, before and after an upgrade, or get a differently worded refusal. It still has one outcome.
 */
const isDuplicate = ({ message, hash }: Decoded, known: string | undefined, { messages }: Language): boolean =>
  known !== undefined && (known === hash || messages[message.type]?.kind === 'internal')

const toEntry = ({ message, hash }: Decoded) => ({ id: message.id, hash })

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
