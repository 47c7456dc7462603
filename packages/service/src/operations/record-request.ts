import type { Sql } from '@quadrille/postgres'
import { Problem } from '../http/problem.ts'
import { insertOutcome, insertRequest, type Operation } from './operation-table.ts'

/**
 * Performs an operation that can't be recorded in its own transaction. It is recorded as requested before, and its outcome after it:
 * `done`, or `refused` if a problem of the client is thrown. Otherwise, and if the outcome can't be recorded, it stays `unknown`.
 * @throws the error of the operation. Throws the driver's error, and performs nothing, if the request can't be recorded.
 */
export const recordRequest = async <Result>(
  sql: Sql,
  operation: Operation,
  perform: () => Promise<Result>,
): Promise<Result> => {
  const id = await insertRequest(sql, operation)
  const record = (outcome: 'done' | 'refused') => insertOutcome(sql, id, outcome).catch(() => undefined) // the operation has ended
  try {
    const result = await perform()
    await record('done')
    return result
  } catch (error) {
    if (error instanceof Problem && error.status < 500) await record('refused')
    throw error
  }
}
