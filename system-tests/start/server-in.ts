/** The embedded Postgres of an `npm start`, from outside. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'

/** Process id and port of the server of this folder, from its postmaster.pid. */
export const serverIn = (folder: string): { readonly pid: number; readonly port: number } => {
  const lines = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
  return { pid: Number(lines[0]), port: Number(lines[3]) }
}

/** The rows that a statement returns on the database of the order service. */
export const queryIn = async (folder: string, text: string): Promise<unknown[]> => {
  const password = readFileSync(join(folder, 'postgres', 'quadrille.password'), 'utf8')
  const client = new Client({
    host: '127.0.0.1',
    port: serverIn(folder).port,
    user: 'quadrille',
    database: 'quadrille_order',
    password,
  })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}
