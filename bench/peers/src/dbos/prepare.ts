/** Prepared statements for a library that does not use them. */
import type { Pool, PoolClient } from 'pg'

/** Makes the pool prepare each of its statements with parameters once a connection, in place of parsing it each time. */
export const prepareStatements = (pool: Pool): void => {
  const names = new Map<string, string>()
  const nameOf = (text: string): string => {
    const name = names.get(text) ?? `statement_${names.size}`
    names.set(text, name)
    return name
  }
  pool.on('connect', (client) => prepareFor(client, nameOf))
}

const prepareFor = (client: PoolClient, nameOf: (text: string) => string): void => {
  const query: (...args: unknown[]) => unknown = client.query.bind(client)
  const prepared = (text: unknown, values: unknown, ...rest: unknown[]): unknown => {
    const takesParameters = typeof text === 'string' && Array.isArray(values) && values.length > 0
    return takesParameters ? query({ name: nameOf(text), text, values }, ...rest) : query(text, values, ...rest)
  }
  Object.assign(client, { query: prepared })
}
