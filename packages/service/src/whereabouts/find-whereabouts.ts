/** Finds out where the messages of a subject are in a service, by the service's own database. */
import { isUniquePerSubject, type Language, messageId, type ServiceModel, uuid } from '@quadrille/messages'
import { inboxOf } from '@quadrille/messaging'
import { findInOutbox, findInRetry, inboxKey, readInbox, type WaitingMessage } from '@quadrille/outbox'
import type { Sql } from '@quadrille/postgres'
import { findLastAttempts, type LastAttempt, type StoredAttempt } from '../attempts/attempt-table.ts'
import { dayMs } from '../config/duration.ts'
import { findDeadLetterKeys, findInDeadLetters } from '../dead-letters/table/waiting.ts'
import type { Whereabouts } from './whereabouts.ts'

/** External work that was started or is waiting, without a known outcome. */
export interface OpenTask {
  readonly subject: string
  readonly type: string
  /** The identity of its message. Default: any, because a subject has one such task at a time. */
  readonly identity?: string
  readonly queue: string
  /** The number of attempts. 0 while the task waits in its queue. Null if attempts are not counted. */
  readonly attempts: number | null
  /** When the task was requested. Default null: unknown. */
  readonly since?: Date | null
}

export type FindOpenTasks = (subjects: readonly string[]) => Promise<readonly OpenTask[]>

/** Derives the handled events of each subject from the service's state, which is kept longer than the inbox. */
export type FindHandled = (subjects: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>

export interface WhereaboutsOptions {
  readonly language: Language
  readonly sql: Sql
  readonly model: ServiceModel
  readonly findOpenTasks: FindOpenTasks
  readonly findHandledEvents: FindHandled
}

/** Finds the progress of these subjects' messages in the service that owns this database: one item for each. */
export const findWhereabouts = async (
  subjects: readonly string[],
  { language, sql, model, findOpenTasks, findHandledEvents }: WhereaboutsOptions,
): Promise<Whereabouts[]> => {
  const idOf = (subject: string, type: string) => messageId(subject, type, '')
  const uniqueTypes = model.consumes.filter((type) => {
    const definition = language.messages[type]
    return definition !== undefined && isUniquePerSubject(definition)
  })
  // Read first: a message that succeeds meanwhile is then found in the inbox, or its task is no longer open.
  const attempts = await findLastAttempts(sql, subjects)
  const failed = attempts.flatMap(({ subject, messageId: id }) => (uuid.safeParse(id).success ? [{ subject, id }] : []))
  const [fromState, fromInbox, inOutbox, inRetry, parked, tasks] = await Promise.all([
    findHandledEvents(subjects),
    readInbox(sql, [
      ...subjects.flatMap((subject) => uniqueTypes.map((type) => ({ subject, id: idOf(subject, type) }))),
      ...failed,
    ]),
    findInOutbox(sql, subjects),
    findInRetry(sql, subjects),
    findInDeadLetters(sql, subjects),
    findOpenTasks(subjects),
  ])
  const stored = [...inOutbox, ...inRetry, ...parked]
  const isStored = ({ messageId: id, queue }: StoredAttempt) =>
    stored.some((message) => message.messageId === id && (message.queue === queue || message.place === 'outbox'))
  const isHandled = ({ subject, messageId: id }: StoredAttempt) => fromInbox.has(inboxKey({ subject, id }))
  const isOpen = (attempt: StoredAttempt) =>
    attempt.queue === inboxOf(model.name) ? !isHandled(attempt) : tasks.some((task) => isOf(task, attempt))
  const elsewhere = attempts.filter((attempt) => isRecent(attempt) && !isStored(attempt) && isOpen(attempt))
  const inRetryQueue = elsewhere.filter(({ outcome }) => outcome !== 'parked')
  const unstored = await withoutDeadLetter(sql, elsewhere)
  const waiting = [...stored, ...inRetryQueue.map(toWaiting), ...unstored.map(toWaiting)]
  return subjects.map((subject) => ({
    subject,
    handled: uniqueTypes.filter(
      (type) => fromState.get(subject)?.includes(type) || fromInbox.has(inboxKey({ subject, id: idOf(subject, type) })),
    ),
    waiting: waiting.filter((message) => message.subject === subject).map(shownMessage),
    task: shownTask(
      tasks.find((task) => task.subject === subject),
      attempts,
    ),
  }))
}

/** True if it is an attempt of this task. A task of the same type may have been finished before this one was requested. */
const isOf = ({ subject, type, identity, queue, since = null }: OpenTask, attempt: StoredAttempt): boolean =>
  attempt.subject === subject &&
  attempt.type === type &&
  attempt.queue === queue &&
  (identity === undefined || attempt.messageId === messageId(subject, type, identity)) &&
  (since === null || since <= attempt.at)

/**
 * How long after it was due a message may be missing in the records, ms: an attempt may wait for 8 min before it is recorded. Later the
 * message is in its queue again, or RabbitMQ has lost it.
 */
const maxLateMs = 900_000
/** The inbox shows for a day at least whether a message was handled. */
const isRecent = ({ outcome, dueForMs }: LastAttempt): boolean => dueForMs < (outcome === 'parked' ? dayMs : maxLateMs)

/**
 * The attempts after which the dead letter of the message could not be stored. The broker tries it again. One that was replayed or
 * discarded since was stored, and a forged message must not look like the genuine one.
 */
const withoutDeadLetter = async (sql: Sql, attempts: readonly LastAttempt[]): Promise<readonly LastAttempt[]> => {
  const parked = attempts.filter(({ outcome, reason }) => outcome === 'parked' && reason !== 'wrong_exchange')
  if (parked.length === 0) return []
  const known = await findDeadLetterKeys(
    sql,
    parked.map(({ subject }) => subject),
  )
  const isStored = ({ messageId, queue, at }: LastAttempt) =>
    known.some(
      (letter) =>
        letter.messageId === messageId &&
        letter.queue === queue &&
        (letter.settledAt === null || letter.settledAt >= at),
    )
  return parked
    .filter((attempt) => !isStored(attempt))
    .map((attempt) => ({
      ...attempt,
      error: `Its dead letter is not stored yet. The message has failed: ${attempt.error}`,
    }))
}

/** RabbitMQ can't search its retry queues, so the last failed attempt tells that the message waits there. */
const toWaiting = ({ outcome, attempt, firstFailedAt, at, nextAt, ...failed }: StoredAttempt): WaitingMessage => ({
  subject: failed.subject,
  messageId: failed.messageId,
  causationId: failed.causationId,
  type: failed.type,
  place: 'retry',
  queue: failed.queue,
  attempts: outcome === 'postponed' ? attempt - 1 : attempt,
  error: failed.error,
  since: firstFailedAt,
  at: nextAt ?? at,
  deadLetterId: null,
})

const shownMessage = ({ subject: _, since, at, ...message }: WaitingMessage): Whereabouts['waiting'][number] => ({
  ...message,
  since: since?.toISOString() ?? null,
  at: at.toISOString(),
})

/** With the error of its last failed attempt. */
const shownTask = (task: OpenTask | undefined, attempts: readonly StoredAttempt[]): Whereabouts['task'] => {
  if (!task) return null
  const { subject, type, identity, queue, attempts: count, since } = task
  const id = identity === undefined ? null : messageId(subject, type, identity)
  const error = attempts.find((attempt) => isOf(task, attempt))?.error ?? null
  return { messageId: id, type, queue, attempts: count, since: since?.toISOString() ?? null, error }
}
