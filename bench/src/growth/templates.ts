/** Databases with stored orders. They are filled once in a run of the benchmark, and copied for each session. */
import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type { PostgresServer } from '../systems/postgres.ts'
import { type MeasuredService, measuredServices } from '../systems/services.ts'
import { databaseOf, serviceDatabases } from '../systems/system.ts'
import { copyLetters } from './copy-letters.ts'
import { copyOrders, receiveCopiedStock } from './copy-orders.ts'
import { makeRealOrders, onAll } from './real-orders.ts'
import { readSource } from './source.ts'
import { realOrders, type Stored } from './stored.ts'

/** The orders are this old at most, ms: the shortest retention of their rows is 7 days. */
const ageMs = 6 * 24 * 3_600_000
/**
 * The disk space of an order, bytes. Measured: 20,000 while it is copied, with indexes, sorting and the write-ahead log, and then
 * 11,000, and as much again in a session.
 */
const bytesOfOrder = 30_000

/** The key of the databases with the real orders. */
const real = 'real'
const made = new WeakMap<PostgresServer, Set<string>>()

export interface StoringOptions {
  readonly postgres: PostgresServer
  readonly stored: Stored
  /** Called with one line for the user. */
  readonly report: (line: string) => void
}

/**
 * Creates the databases of all services with these contents.
 * @throws if the disk has too little space, or the product fails to handle the real orders.
 */
export const createStored = async ({ postgres, stored, report }: StoringOptions): Promise<void> => {
  const keys = made.get(postgres) ?? new Set()
  made.set(postgres, keys)
  const key = `${ordersIn(stored)}_orders_${stored.deadLetters ?? 0}_letters`
  if (!keys.has(real)) {
    await makeRealOrders(postgres)
    await keep(postgres, real)
    keys.add(real)
  }
  if (!keys.has(key)) {
    await checkSpace(ordersIn(stored))
    await copyTemplate(postgres, real)
    report(await fill(postgres, stored))
    await keep(postgres, key)
    keys.add(key)
  }
  await copyTemplate(postgres, key)
}

/** Fills the copies of the real orders' databases. Returns one line about it. */
const fill = async (postgres: PostgresServer, stored: Stored): Promise<string> => {
  const begun = performance.now()
  const orders = ordersIn(stored)
  const to = new Date()
  const from = new Date(to.getTime() - ageMs)
  await onAll(postgres, async (clients) => {
    const source = await readSource(clients)
    const copies = { source, count: orders - realOrders, from, to: new Date(source.orders[0]?.createdAt ?? to) }
    const orderIds = source.orders.map(({ id }) => id)
    const fillService = async (service: MeasuredService) => {
      const client = clients[service]
      if (copies.count > 0) await copyOrders(client, source.rows[service], copies)
      if (stored.deadLetters) await copyLetters(client, { count: stored.deadLetters, from, to, orderIds })
      else await client.query('truncate dead_letter cascade')
    }
    const fillOthers = async () => {
      for (const service of measuredServices) if (service !== 'order') await fillService(service)
    }
    await Promise.all([fillService('order'), fillOthers()]) // order has half of all rows
    await clients.payment.query(`select setval('gateway.reference', $1)`, [source.lastReference + copies.count])
    await receiveCopiedStock(clients.inventory, { since: from })
    await Promise.all(Object.values(clients).map((client) => client.query('vacuum (analyze)')))
  })
  await postgres.session.query('checkpoint')
  const bytes = await sizeOfDatabases(postgres)
  const seconds = Math.round((performance.now() - begun) / 1_000)
  return `${orders} orders${lettersIn(stored)} stored in ${seconds} s: ${megabytes(bytes)}, ${Math.round(bytes / orders)} bytes an order`
}

/** Of copies and real ones together. */
const ordersIn = ({ orders = realOrders }: Stored): number => Math.max(orders, realOrders)

const lettersIn = ({ deadLetters }: Stored): string =>
  deadLetters ? ` and ${deadLetters} dead letters of each service` : ''

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`

const templateOf = (key: string, service: MeasuredService): string => `stored_${key}_${service}`

/** Makes templates of the present databases. */
const keep = async (postgres: PostgresServer, key: string): Promise<void> => {
  for (const service of measuredServices) {
    const to = templateOf(key, service)
    await postgres.session.query(`alter database ${databaseOf(service)} is_template true`) // so that it is not dropped
    await postgres.session.query(`alter database ${databaseOf(service)} rename to ${to}`)
  }
}

const copyTemplate = async ({ session }: PostgresServer, key: string): Promise<void> => {
  for (const service of measuredServices)
    await session.query(
      `create database ${databaseOf(service)} template ${templateOf(key, service)} strategy file_copy`,
    )
}

const sizeOfDatabases = async ({ session }: PostgresServer): Promise<number> => {
  const { rows } = await session.query<{ bytes: number }>(
    'select sum(pg_database_size(name))::float as bytes from unnest($1::text[]) as name',
    [serviceDatabases],
  )
  return rows[0]?.bytes ?? 0
}

const checkSpace = async (orders: number): Promise<void> => {
  const needed = orders * bytesOfOrder
  const { bavail, bsize } = await statfs(tmpdir())
  const free = bavail * bsize
  if (free < needed)
    throw new Error(
      `${orders} orders need ${megabytes(needed)} in ${tmpdir()}, which has ${megabytes(free)}. Set TMPDIR to a larger disk.`,
    )
}
