/** The services' databases, each as of one moment. */
import { type Database, openDatabase, type Sql } from '@quadrille/postgres'

export const services = ['order', 'payment', 'inventory', 'notification'] as const
export type Service = (typeof services)[number]

/** Where each service's database is: postgres://user:password@host:port/name. */
export type Databases = Readonly<Record<Service, string>>

/** Each database as of one moment. */
export type Snapshots = Readonly<Record<Service, Sql>>

/** Runs work on a snapshot of each database. Nothing can be written. */
export type OnSnapshots = <Result>(work: (snapshots: Snapshots) => Promise<Result>) => Promise<Result>

/** An audit reads whole tables, and waits here while it reads those of others, ms. */
const patience = { patienceMs: 300_000, idleInTransactionMs: 300_000 }

/** Connects once to each database, and ends that when the work is done. */
export const withDatabases = async <Result>(
  urls: Databases,
  work: (onSnapshots: OnSnapshots) => Promise<Result>,
): Promise<Result> => {
  const databases = {
    order: open(urls.order),
    payment: open(urls.payment),
    inventory: open(urls.inventory),
    notification: open(urls.notification),
  }
  try {
    return await work((onThem) => onSnapshots(databases, onThem))
  } finally {
    await Promise.all(Object.values(databases).map((database) => database.end()))
  }
}

const open = (url: string): Database => {
  const onIdleError = () => undefined // the next look connects again
  return openDatabase({ url, applicationName: 'quadrille-audit', max: 1, ...patience, onIdleError })
}

/** That of the order service is taken first: what it has learned of by then, those of the others show in any case. */
const onSnapshots = <Result>(
  { order, payment, inventory, notification }: Readonly<Record<Service, Database>>,
  work: (snapshots: Snapshots) => Promise<Result>,
): Promise<Result> =>
  onSnapshot(order, (ofOrder) =>
    onSnapshot(payment, (ofPayment) =>
      onSnapshot(inventory, (ofInventory) =>
        onSnapshot(notification, (ofNotification) =>
          work({ order: ofOrder, payment: ofPayment, inventory: ofInventory, notification: ofNotification }),
        ),
      ),
    ),
  )

const onSnapshot = <Result>(database: Database, work: (sql: Sql) => Promise<Result>): Promise<Result> =>
  database.transaction(async (sql) => {
    await sql.query('set transaction isolation level repeatable read, read only')
    await sql.query(`set local work_mem = '64MB'`) // enough for a slice, so that nothing is sorted on disk
    await sql.query('select') // the first one takes the snapshot
    return work(sql)
  })
