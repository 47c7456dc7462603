import type { ServiceName } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'
import type { Violation } from '../report.ts'
import type { Invariant } from './invariant.ts'

export const replaysAreOnRecord: Invariant = {
  name: 'I14',
  claim: 'what an operator replays is what came, by the exchange by which it came, and each operation is on record',
  ofWhole: async ({ snapshots }) => {
    const services = Object.entries(snapshots) as [ServiceName, Sql][]
    const counts = await Promise.all(services.map(([, sql]) => countOperations(sql)))
    const found = await Promise.all(services.flatMap(([, sql]) => [findUnrecorded(sql), findAltered(sql)]))
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

/** Letters whose status and record differ. Of an earlier version a letter may have been replayed by an `edit`. */
const findUnrecorded = (sql: Sql): Promise<Violation[]> =>
  sql.query<Violation>(
    `select letter.id as subject, detail
     from dead_letter as letter, lateral (
       select count(*) filter (where operation in ('replay', 'edit')) as replayed,
              count(*) filter (where operation = 'discard') as discarded,
              count(*) filter (where operator = '') as unsigned
       from dead_letter_operation where letter_id = letter.id
     ) as record, lateral (values
       (status = 'replayed' and replayed <> 1, 'was replayed, and that is on record ' || replayed || ' times'),
       (status = 'discarded' and discarded <> 1, 'was discarded, and that is on record ' || discarded || ' times'),
       (status <> 'replayed' and replayed > 0, 'is on record as replayed, and is ' || status),
       (status <> 'discarded' and discarded > 0, 'is on record as discarded, and is ' || status),
       (unsigned > 0, 'has no operator on record')
     ) as fault (is_so, detail)
     where is_so`,
  )

/** Replays that wait in the outbox and differ from each letter that was replayed. What could not be sent has an exchange as its queue. Earlier versions put no exchange into them. */
const findAltered = (sql: Sql): Promise<Violation[]> =>
  sql.query<Violation>(
    `select replay.id as subject,
            'is to be sent to ' || destination || ' as a replay, and no letter of that queue has its bytes, properties and exchange'
              as detail
     from outbox as replay, coalesce(nullif(routing_key, ''), exchange) as destination
     where replay.message is not null and not exists (
       select from dead_letter as letter
       where letter.status = 'replayed' and letter.queue = destination and letter.body = replay.bytes
         and letter.message = replay.message - 'headers' - 'exchange' and letter.headers = replay.message -> 'headers'
         and (letter.exchange = '' or letter.exchange = coalesce(replay.message ->> 'exchange', letter.exchange))
     )`,
  )
