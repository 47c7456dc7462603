/** Copies of the databases of stopped services, used as backups. */
import { type ByService, serviceNames } from '@quadrille/events'
import { Client } from 'pg'

export const rowsOf = async <Row>(url: string, text: string, values: readonly unknown[] = []): Promise<Row[]> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text, [...values])).rows as Row[]
  } finally {
    await client.end()
  }
}

/** Copies of these databases. The caller drops them. */
export const copyAll = async (serverUrl: string, databases: ByService<string>): Promise<ByService<string>> => {
  const copied = { ...databases }
  for (const name of serviceNames) {
    const url = new URL(databases[name])
    const original = url.pathname.slice(1)
    url.pathname = `/${original}_old`
    await rowsOf(serverUrl, `create database ${original}_old template ${original}`)
    copied[name] = url.href
  }
  return copied
}

export const dropAll = async (serverUrl: string, databases: ByService<string>): Promise<void> => {
  for (const name of serviceNames)
    await rowsOf(serverUrl, `drop database ${new URL(databases[name]).pathname.slice(1)} with (force)`)
}

/** A real gateway is not restored with payment's database. The simulated gateway's tables are therefore copied too. */
export const copyLedger = async (from: string, to: string): Promise<void> => {
  for (const table of ['gateway.intent', 'gateway.create_key']) {
    const [found] = await rowsOf<{ rows: unknown }>(
      from,
      `select coalesce(json_agg(entry), '[]') as rows from ${table} as entry`,
    )
    await rowsOf(to, `truncate ${table}`)
    const insert = `insert into ${table} select * from json_populate_recordset(null::${table}, $1)`
    await rowsOf(to, insert, [JSON.stringify(found?.rows)])
  }
  const [sequence] = await rowsOf<{ last: string }>(from, 'select last_value as last from gateway.reference')
  await rowsOf(to, `select setval('gateway.reference', $1)`, [sequence?.last])
}
