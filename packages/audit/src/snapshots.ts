/** A snapshot of each service's database. */
import { openDatabase, type Sql } from '@quadrille/postgres'

type Service = 'order' | 'payment' | 'inventory' | 'notification'

/** Where each service's database is: postgres://user:password@host:port/name. The simulated gateway's ledger is in payment's. */
export type Databases = Readonly<Record<Service, string>>

/** Each database as of one moment. */
export type Snapshots = Readonly<Record<Service, Sql>>

/** Runs `work` on a snapshot of each database. Nothing can be written. */
export const onSnapshots = <Result>(
  { order, payment, inventory, notification }: Databases,
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

const onSnapshot = async <Result>(url: string, work: (sql: Sql) => Promise<Result>): Promise<Result> => {
  const onIdleError = () => undefined // the one connection is never idle, and a statement reports when it breaks
  const database = openDatabase({ url, applicationName: 'quadrille-audit', max: 1, onIdleError })
  try {
    return await database.transaction(async (sql) => {
      await sql.query('set transaction isolation level repeatable read, read only')
      // An audit reads whole tables, and waits here while it reads those of others.
      await sql.query('set local statement_timeout = 0')
      await sql.query('set local idle_in_transaction_session_timeout = 0')
      return work(sql)
    })
  } finally {
    await database.end()
  }
}
