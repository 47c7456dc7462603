import type { Sql } from '@quadrille/postgres'
import type { Logger } from 'pino'
import { Problem } from '../http/problem.ts'
import { insertOutcome, insertRequest, type Operation } from './operation-table.ts'

export interface RecordableOperation<Result> extends Omit<Operation, 'operator'> {
  /** Undefined for a request of a program, which is performed without a record. */
  readonly operator: string | undefined
  /** Whether the result is due to this operation, and not to another one that came first. Default: it is. */
  readonly tookEffect?: (result: Result) => boolean
}

interface Recording {
  readonly database: Sql
  readonly log: Pick<Logger, 'warn'>
}

/**
 * Performs an operation that can't be recorded in its own transaction. It is recorded as requested before, and its outcome after it:
 * `done`, or `refused` if it took no effect or a problem of the client is thrown. Otherwise it stays `unknown`, and also if the outcome can't
 * be recorded, which is logged.
 * @throws the error of the operation. Throws the driver's error, and performs nothing, if the request can't be recorded.
 */
export const performRecorded = async <Result>(
  { database, log }: Recording,
  { tookEffect = () => true, operator, ...operation }: RecordableOperation<Result>,
  perform: () => Promise<Result>,
): Promise<Result> => {
  if (operator === undefined) return perform()
  const id = await insertRequest(database, { ...operation, operator })
  const record = (outcome: 'done' | 'refused') =>
    insertOutcome(database, id, outcome).catch((err: unknown) =>
      log.warn({ err, id, outcome }, 'the outcome of an operation could not be recorded'),
    )
  try {
    const result = await perform()
    await record(tookEffect(result) ? 'done' : 'refused')
    return result
  } catch (error) {
    if (error instanceof Problem && error.status < 500) await record('refused')
    throw error
  }
}
