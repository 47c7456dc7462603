/**
 * Shows the effect of a replay: the reaction runs in a transaction that is rolled back. A task is not run, because its
 * external effect can't be undone.
 */
import type { Decoded, Language, Message } from '@quadrille/messages'
import { directExchange, eventsExchange, inboxOf } from '@quadrille/messaging'
import type { Handoff } from '@quadrille/outbox'
import {
  type Database,
  faultOf,
  isCancellation,
  run,
  type Sql,
  type Statement,
  type Transaction,
} from '@quadrille/postgres'
import { applyBatch, type BatchOptions, type BatchOutcome } from '../core/batch.ts'
import type { Step } from '../core/working-set.ts'
import type { DeadLettered, DeadLetterReason, Failed } from '../delivery/outcome.ts'
import { eventCheck, type Refusal, readMessage } from '../delivery/policies/check-messages.ts'
import { Unavailable } from '../errors/unavailable.ts'
import type { DeadLetterDetails } from './table/dead-letter.ts'
import { originalExchange } from './table/original-exchange.ts'
import type { Trial } from './trial.ts'

/** @throws if Postgres is unavailable or another session has locked the rows. The result is then unknown. */
export type DryRun = (input: Pick<DeadLetterDetails, 'queue' | 'exchange' | 'reason' | 'body'>) => Promise<Trial>

export const createDryRun = <State>(options: ReactionOptions<State>): DryRun => {
  const { language, model } = options
  const check = eventCheck(options)
  return async (input) => {
    if (input.reason === ('kills_its_consumer' satisfies DeadLetterReason))
      return {
        outcome: 'not_tried',
        detail: 'This message has crashed the processes that handled it. A dry run could crash this one.',
      }
    if (input.queue === eventsExchange(model.name))
      return { outcome: 'not_tried', detail: 'The event was not published yet, and would be published now.' }
    const decode = () => language.decode(input.body)
    if (input.queue !== inboxOf(model.name)) return trialOfTask(readMessage(decode), language)
    const refusal = check(decode, originalExchange(input, directExchange(model.name)))
    return refusal ? refused(refusal, language) : tryReaction(decode(), options)
  }
}

const trialOfTask = (read: Decoded | DeadLettered | Failed, language: Language): Trial =>
  'status' in read
    ? refused(read, language)
    : { outcome: 'not_tried', detail: `The task ${read.message.type} would run, and its effect can’t be undone.` }

const refused = (refusal: Refusal, { redactText }: Language): Trial =>
  refusal.status === 'ignored'
    ? { outcome: 'ignored', detail: redactText(refusal.detail) }
    : { outcome: 'failed', detail: redactText(refusal.error.message) }

type ReactionOptions<State> = Omit<BatchOptions<State>, 'relay' | 'onCommitted'>

const tryReaction = async <State>(decoded: Decoded, options: ReactionOptions<State>): Promise<Trial> => {
  const { language } = options
  const steps: Step<State>[] = []
  try {
    const [outcome] = await applyBatch([decoded], {
      ...options,
      relay: { prepare: () => nothingSent },
      database: rollingBack(options.database),
      onCommitted: (tried) => steps.push(...tried),
    })
    if (outcome?.status === 'not_now') throw outcome.error
    const [step] = steps
    return step ? applied(step, options) : withoutStep(outcome, language)
  } catch (error) {
    if (!(error instanceof Error) || isUndecided(error)) throw error
    return { outcome: 'failed', detail: language.redactText(error.message) }
  }
}

/** A database whose transactions return their results and are rolled back. */
const rollingBack = (database: Pick<Database, 'transaction'>): Pick<Database, 'transaction'> => ({
  transaction: async <Result>(work: (sql: Transaction) => Promise<Result>) => {
    const over = new Error('The dry run is over.')
    const worked = Promise.withResolvers<Result>()
    const rolledBack = database.transaction(async (sql) => {
      worked.resolve(await work(withoutCommit(sql)))
      throw over
    })
    await rolledBack.catch((error) => {
      if (error !== over) throw error
    })
    return worked.promise
  },
})

/** Runs the last statements, and stays open. */
const withoutCommit = (sql: Sql): Transaction => ({
  query: (text, values) => sql.query(text, values),
  commit: async <Row>(statements: readonly Statement[]) => {
    const results = await Promise.all(statements.map((statement) => run<Row>(sql, statement)))
    return results.at(-1) ?? []
  },
})

const nothingSent: Handoff = { statements: [], committed: () => undefined, abandoned: () => undefined }

/** True if the fault says nothing about the message. A message whose statement is cancelled may be cancelled in a replay too. */
const isUndecided = (error: Error): boolean => {
  const fault = faultOf(error)
  return error instanceof Unavailable || fault === 'conflict' || (fault === 'unavailable' && !isCancellation(error))
}

/** The effect of a message, with what it causes in the versions that would be sent. */
const applied = <State>(
  { before, after, events, tasks }: Step<State>,
  { language: { encode, redact }, publishVersions }: ReactionOptions<State>,
): Trial => {
  const asSent = (message: Message) => redact(JSON.parse(encode(message, publishVersions)))
  return {
    outcome: 'applied',
    before: redact(before),
    after: redact(after),
    events: events.map(asSent),
    tasks: tasks.map(asSent),
  }
}

/** Without a step it has failed, or it was applied before. */
const withoutStep = (outcome: BatchOutcome | undefined, { redactText }: Language): Trial =>
  outcome?.status === 'failed'
    ? { outcome: 'failed', detail: redactText(outcome.error.message) }
    : { outcome: 'duplicate' }
