import type { Sql } from '@quadrille/postgres'
import type { Violation } from '../report.ts'
import type { Invariant } from './invariant.ts'

export const replaysAreRecorded: Invariant = {
  name: 'I14',
  claim: 'a replay sends the original message through its original exchange, and each operation is recorded once',
  checkSystem: async ({ snapshots }) => {
    const databases = Object.values(snapshots)
    const counts = await Promise.all(databases.map(countOperations))
    const found = await Promise.all(databases.flatMap((sql) => [findUnrecorded(sql), findAltered(sql)]))
    return {
      checked: { operations: counts.reduce((sum, count) => sum + count, 0) },
      violations: found.flat(),
    }
  },
}

const countOperations = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ operations: number }>('select count(*) as operations from dead_letter_operation')
  return row?.operations ?? 0
}

/** Dead letters whose status and operations differ. In an earlier version an `edit` could replay one. */
const findUnrecorded = (sql: Sql): Promise<Violation[]> =>
  sql.query<Violation>(
    `select letter.id as subject, detail
     from dead_letter as letter, lateral (
       select count(*) filter (where operation in ('replay', 'edit')) as replayed,
              count(*) filter (where operation = 'discard') as discarded,
              count(*) filter (where operator = '') as anonymous
       from dead_letter_operation where letter_id = letter.id
     ) as record, lateral (values
       (status = 'replayed' and replayed <> 1, 'was replayed, but has ' || replayed || ' replay operations'),
       (status = 'discarded' and discarded <> 1, 'was discarded, but has ' || discarded || ' discard operations'),
       (status <> 'replayed' and replayed > 0, 'has a replay operation, but is ' || status),
       (status <> 'discarded' and discarded > 0, 'has a discard operation, but is ' || status),
       (anonymous > 0, 'has no operator')
     ) as fault (is_so, detail)
     where is_so`,
  )

/**
 * Replays in the outbox that differ from each replayed dead letter. The dead letter of an unsendable message has an
 * exchange as its queue. Earlier versions stored no exchange. Rows that were moved from the retry table do not count.
 */
const findAltered = (sql: Sql): Promise<Violation[]> =>
  sql.query<Violation>(
    `select replay.id as subject,
            'is to be sent to ' || destination || ' as a replay, but no dead letter of that queue has its bytes, properties and exchange'
              as detail
     from outbox as replay, coalesce(nullif(routing_key, ''), exchange) as destination
     where replay.message is not null and not replay.message ? 'moved' and not exists (
       select from dead_letter as letter
       where letter.status = 'replayed' and letter.queue = destination and letter.body = replay.bytes
         and letter.message = replay.message - 'headers' - 'exchange' and letter.headers = replay.message -> 'headers'
         and (letter.exchange = '' or letter.exchange = coalesce(replay.message ->> 'exchange', letter.exchange))
     )`,
  )
