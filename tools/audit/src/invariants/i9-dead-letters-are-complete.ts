import type { Sql } from '@quadrille/postgres'
import { type DeadLetterRecord, readDeadLetters } from '../records/dead-letter-record.ts'
import type { Violation } from '../report.ts'
import { type Faults, type Invariant, violationsOf } from './invariant.ts'

/** A dead letter in itself is not a violation. Other invariants detect the missing effect of its message. */
export const deadLettersAreComplete: Invariant = {
  name: 'I9',
  claim: 'every dead letter has a reason, an owner, its trace and its original bytes',
  checkSystem: async ({ snapshots }) => {
    const databases = Object.values(snapshots)
    const counts = await Promise.all(databases.map(countLetters))
    const faulty = await Promise.all(Object.entries(snapshots).map(([service, sql]) => readFaulty(sql, service)))
    const mistraced = await Promise.all(databases.map(findMistraced))
    return {
      checked: {
        'waiting for a person': counts.reduce((sum, { parked }) => sum + parked, 0),
        'replayed or discarded': counts.reduce((sum, { settled }) => sum + settled, 0),
      },
      violations: [...faulty, ...mistraced].flat(),
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

/** A message without any bytes is not JSON. */
const readFaulty = (sql: Sql, service: string): Promise<Violation[]> =>
  sql.query<Violation>(
    `select id as subject, detail
     from dead_letter, lateral (values
       (reason = '', 'has no reason'),
       (queue not like $1::text || '.%', 'is stored by ' || $1 || ', but comes from ' || queue),
       (body = '' and reason <> 'not_json', 'has lost its bytes')
     ) as fault (is_so, detail)
     where is_so`,
    [service],
  )

/** Dead letters whose trace is not that of their message. */
const findMistraced = async (sql: Sql): Promise<Violation[]> => {
  const violations: Violation[] = []
  for await (const letters of readDeadLetters(sql)) {
    for (const letter of letters) violations.push(...violationsOf(letter.id, traceFaults(letter)))
  }
  return violations
}

/**
 * The expected trace is the one in the message, if it can be read, otherwise the one in the header. A message without a
 * trace is stored without one.
 */
function* traceFaults({ traceId, header, body }: DeadLetterRecord): Faults {
  const expected = traceIn(traceparentIn(body)) ?? traceIn(header)
  if (traceId === expected) return
  yield traceId === null
    ? 'has lost its trace'
    : `is in trace ${traceId}, but its message is in ${expected === null ? 'no trace' : `trace ${expected}`}`
}

const traceparentIn = (body: Buffer): unknown => {
  try {
    return (JSON.parse(body.toString()) as { traceparent?: unknown } | null)?.traceparent
  } catch {
    return undefined // not JSON
  }
}

const traceIn = (traceparent: unknown): string | null =>
  (typeof traceparent === 'string' && /^[\da-f]{2}-([\da-f]{32})-/.exec(traceparent)?.[1]) || null
