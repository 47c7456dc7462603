import type { Publisher } from '@quadrille/messaging'
import type { Database } from '@quadrille/postgres'
import type { RelaySurroundings } from './port.ts'
import { columns, deleteRows, publish, type StoredMessage } from './rows.ts'

/** The maximum number of rows of one look. */
const lookSize = 500

/**
 * `empty`: the table has no rows. `failed`: no row was published. `full`: there may be more rows, because it has published as many
 * as it may.
 */
export type Looked = 'empty' | 'failed' | 'some' | 'full'

/** One look at the table, unless the broker is unavailable. Reports the reasons why rows were not published. */
export const look = async ({ database, publisher, onError }: RelaySurroundings): Promise<Looked> => {
  if (publisher.waitingFor() !== null) return 'failed'
  const { confirmed, errors } = await publishOldest(database, publisher)
  for (const error of errors) onError(error)
  if (confirmed === 0) return errors.length > 0 ? 'failed' : 'empty'
  return confirmed === lookSize ? 'full' : 'some'
}

/**
 * Publishes the oldest rows of the table, and deletes those that the broker has confirmed, in one transaction. The locks of this
 * transaction are the lease: other relays skip the rows until it ends, even if this process is killed.
 */
const publishOldest = (database: Database, publisher: Publisher) =>
  database.transaction(async (sql) => {
    const rows = await sql.query<StoredMessage>(
      `select ${columns} from outbox where message is null order by seq limit ${lookSize} for update skip locked`,
    )
    const outcomes = await Promise.allSettled(rows.map((row) => publish(publisher, row)))
    const confirmed = rows.filter((_, index) => outcomes[index]?.status === 'fulfilled').map(({ seq }) => seq)
    await deleteRows(sql, confirmed)
    const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    return { confirmed: confirmed.length, errors }
  })
