import type { Sql } from '@quadrille/postgres'
import { adoptRestored } from '../db/history-stream.ts'

const batchSize = 10_000

/**
 * Makes a restored history readable for streams. The transactions of its events are those of another cluster. Without this step,
 * streams would send them late or repeatedly. Does nothing if the database was not restored.
 */
export const adoptRestoredEvents = async (sql: Sql, signal: AbortSignal): Promise<void> => {
  let from: number | null = 1
  while (from !== null) {
    signal.throwIfAborted()
    from = await adoptRestored(sql, { from, limit: batchSize })
  }
}
