import { hash } from 'node:crypto'
import type { PoolClient } from 'pg'
import { markPostgresErrors } from './fault.ts'

const statementNames = new Map<string, string>()

/** Runs one statement, prepared once per connection. @throws the error of the driver, marked for `faultOf`. */
export const runPrepared = async <Row>(
  client: PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> => {
  const name = statementNames.get(text) ?? hash('sha1', text)
  statementNames.set(text, name)
  const { rows } = await markPostgresErrors(() => client.query({ name, text, values: [...values] }))
  return rows
}
