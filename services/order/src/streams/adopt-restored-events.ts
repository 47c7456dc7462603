import type { Database } from '@quadrille/postgres'
import { adoptRestored } from '../db/history-stream.ts'

const batchSize = 10_000

/**
 * Makes a restored history readable for streams. The transactions of its events are those of another cluster. Without this step,
 * streams would send them late or repeatedly. Does nothing if the database was not restored.
 */
export const adoptRestoredEvents = async (database: Database, signal: AbortSignal): Promise<void> => {
  let adopted = batchSize
  while (adopted === batchSize) {
    signal.throwIfAborted()
    adopted = await adoptRestored(database, batchSize)
  }
}
