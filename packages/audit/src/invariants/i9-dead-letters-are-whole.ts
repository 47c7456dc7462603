import type { Sql } from '@quadrille/postgres'
import type { Violation } from '../report.ts'
import type { Service } from '../snapshots.ts'
import type { Invariant } from './invariant.ts'

/** A dead letter breaks nothing by itself: what its message should have done does, and is seen by the others. */
export const deadLettersAreWhole: Invariant = {
  name: 'I9',
  claim: 'every dead letter has a reason, an owner, its trace and its original bytes',
  ofWhole: async ({ snapshots }) => {
    const services = Object.entries(snapshots) as [Service, Sql][]
    const counts = await Promise.all(services.map(([, sql]) => countLetters(sql)))
    const faulty = await Promise.all(services.map(([service, sql]) => readFaulty(sql, service)))
    return {
      checked: {
        parked: counts.reduce((sum, { parked }) => sum + parked, 0),
        settled: counts.reduce((sum, { settled }) => sum + settled, 0),
      },
      violations: faulty.flat(),
    }
  },
}

interface Counts {
  readonly parked: number
  /** Replayed or discarded. */
  readonly settled: number
}

const countLetters = async (sql: Sql): Promise<Counts> => {
  const [counts] = await sql.query<Counts>(
    `select count(*) filter (where status = 'parked') as parked, count(*) filter (where status <> 'parked') as settled
     from dead_letter`,
  )
  return counts ?? { parked: 0, settled: 0 }
}

/** A message that came without a trace is kept without, and one that came without any bytes is no JSON. */
const readFaulty = (sql: Sql, service: Service): Promise<Violation[]> =>
  sql.query<Violation>(
    `select id as subject, detail
     from dead_letter, lateral (values
       (reason = '', 'has no reason'),
       (queue not like $1::text || '.%', 'lies with ' || $1 || ', and comes from ' || queue),
       (headers->>'traceparent' ~ '^[0-9a-f]{2}-[0-9a-f]{32}-' and trace_id is distinct from substr(headers->>'traceparent', 4, 32),
        'has lost its trace'),
       (body = '' and reason <> 'not_json', 'has lost its bytes')
     ) as fault (is_so, detail)
     where is_so`,
    [service],
  )
