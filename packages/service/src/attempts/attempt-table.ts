/** The table of failed attempts: one statement per function. */
import { type DeletionStep, deleteRows, parameterTable, type Sql, storableText } from '@quadrille/postgres'
import type { FailedAttempt } from '../delivery/failed-attempt.ts'

export interface StoredAttempt extends Omit<FailedAttempt, 'delayMs'> {
  /** Counts the failed attempts of the subject, also those that are no longer stored, until all have expired. */
  readonly number: number
  readonly firstFailedAt: Date
  readonly at: Date
  readonly nextAt: Date | null
}

/** The maximum number of failed attempts of a subject that are kept: the newest. Their numbers may have gaps. */
export const keptPerSubject = 100

const given = parameterTable({
  subject: 'uuid',
  message_id: 'text',
  causation_id: 'text',
  type: 'text',
  queue: 'text',
  attempt: 'integer',
  error: 'text',
  outcome: 'text',
  reason: 'text',
  first_failed_at: 'timestamptz',
  delay_ms: 'float',
  position: 'integer',
})

/**
 * Inserts failed attempts, and deletes older ones of their subjects. A message that is postponed repeatedly
 * has one row for that, or several if one call has several of its attempts.
 * If another instance inserts one of the same subject at the same time, the statement may fail with a conflict.
 */
export const insertAttempts = async (sql: Sql, attempts: readonly FailedAttempt[]): Promise<void> => {
  await sql.query(
    `with given as (
       select ${given.columns} from ${given.sql} as given
     ), counted as (
       select subject, count(*) as added,
              coalesce((select max(number) from failed_attempt as stored where stored.subject = given.subject), 0) as earlier
       from given group by subject
     ), replaced as (
       delete from failed_attempt as stored using given
       where (stored.subject, stored.message_id, stored.queue) = (given.subject, given.message_id, given.queue)
         and stored.outcome = 'postponed' and given.outcome = 'postponed'
     ), surplus as (
       delete from failed_attempt as stored using counted, lateral (
         select number from failed_attempt as each
         where each.subject = counted.subject order by number desc offset greatest(${given.after(1)} - added, 0) limit 1
       ) as newest_surplus
       where stored.subject = counted.subject and stored.number <= newest_surplus.number
     )
     insert into failed_attempt (subject, number, message_id, causation_id, type, queue, attempt, error, outcome, reason,
                                 first_failed_at, at, next_at)
     select subject, earlier + row_number() over (partition by subject order by position), message_id, causation_id, type, queue,
            attempt, error, outcome, reason, coalesce(first_failed_at, now()), now(), now() + delay_ms * interval '1 millisecond'
     from given join counted using (subject)`,
    [...given.values(attempts.map(toRow)), keptPerSubject],
  )
}

const toRow = (attempt: FailedAttempt, position: number) => ({
  ...attempt,
  message_id: storableText(attempt.messageId),
  causation_id: attempt.causationId,
  type: storableText(attempt.type),
  error: storableText(attempt.error),
  first_failed_at: attempt.firstFailedAt,
  delay_ms: attempt.delayMs,
  position,
})

const columns = `subject, number, message_id as "messageId", causation_id as "causationId", type, queue, attempt, error, outcome,
  reason, first_failed_at as "firstFailedAt", at, next_at as "nextAt"`

export interface AttemptPage {
  readonly subject: string
  /** The number of the last attempt of the previous page. Null for the first page. */
  readonly before: number | null
  readonly limit: number
}

/** Lists the failed attempts of a subject, the newest first. */
export const listAttempts = (sql: Sql, { subject, before, limit }: AttemptPage): Promise<StoredAttempt[]> =>
  sql.query<StoredAttempt>(
    `select ${columns} from failed_attempt
     where subject = $1 and ($2::bigint is null or number < $2) order by number desc limit $3`,
    [subject, before, limit],
  )

export interface LastAttempt extends StoredAttempt {
  /**
   * The time since the next attempt is due, or since this one if it was the last, ms; negative before. By the clock of Postgres, which
   * has set both times.
   */
  readonly dueForMs: number
}

/** Finds the last failed attempt of each message of these subjects, on each queue. */
export const findLastAttempts = (sql: Sql, subjects: readonly string[]): Promise<LastAttempt[]> =>
  sql.query<LastAttempt>(
    `select distinct on (subject, queue, message_id) ${columns},
            (extract(epoch from now() - coalesce(next_at, at)) * 1000)::float as "dueForMs"
     from failed_attempt
     where subject = any($1::uuid[]) order by subject, queue, message_id, number desc`,
    [subjects],
  )

/** The messages of a queue that wait for their next attempt. */
export interface WaitingForRetry {
  readonly queue: string
  /** Counted up to the limit only. */
  readonly count: number
  /** When the first of them is due. Null if none waits. */
  readonly nextAt: Date | null
}

/**
 * Counts the messages that wait for their next attempt, for each of these queues. Only the last attempt of a message has its next
 * one in the future, with either broker. A message whose record was lost is missing. The index can be searched by `now()`, but not by
 * `clock_timestamp()`, which may change within a statement.
 */
export const countWaitingForRetry = (sql: Sql, queues: readonly string[], limit: number): Promise<WaitingForRetry[]> =>
  sql.query<WaitingForRetry>(
    `select queue, waiting.count, waiting.next_at as "nextAt"
     from unnest($1::text[]) as queue, lateral (
       select count(*)::integer as count, min(next_at) as next_at from (
         select next_at from failed_attempt
         where failed_attempt.queue = queue.queue and next_at > now() order by next_at limit $2
       ) as soonest
     ) as waiting`,
    [queues, limit],
  )

/** Lists the last attempts of messages of a queue that wait for their next one. The first that is due comes first. */
export const listWaitingForRetry = (sql: Sql, queue: string, limit: number): Promise<StoredAttempt[]> =>
  sql.query<StoredAttempt>(
    `select ${columns} from failed_attempt
     where queue = $1 and next_at > now() order by next_at limit $2`,
    [queue, limit],
  )

/** Deletes expired failed attempts. */
export const purgeAttempts = (sql: Sql, step: DeletionStep): Promise<number> =>
  deleteRows(
    sql,
    `delete from failed_attempt where (subject, number) in (
       select subject, number from failed_attempt
       where at < statement_timestamp() - $1 * interval '1 millisecond' order by at limit $2
     )`,
    step,
  )
