import { hash } from 'node:crypto'
import type { PoolClient } from 'pg'
import { againstPostgres } from './fault.ts'

const statementNames = new Map<string, string>()

/** Runs one statement, prepared once on each connection. @throws the error of the driver, for `faultOf`. */
export const runPrepared = async <Row>(
  client: PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> => {
  const name = statementNames.get(text) ?? hash('sha1', text)
  statementNames.set(text, name)
  const { rows } = await againstPostgres(() => client.query({ name, text, values: [...values] }))
  return rows
}
