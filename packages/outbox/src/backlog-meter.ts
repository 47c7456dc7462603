import { pause } from '@quadrille/async'
import type { Database } from '@quadrille/postgres'
import { type Backlog, outboxBacklog } from './outbox.ts'

export interface BacklogMeterOptions {
  readonly database: Database
  /** The rows are counted up to this number. */
  readonly limit: number
  /** The interval between measurements, ms. */
  readonly everyMs: number
  readonly onError: (error: unknown) => void
}

/** Measures the backlog of an outbox at intervals. */
export class BacklogMeter {
  readonly #options: BacklogMeterOptions
  #backlog: Backlog = { rows: 0, oldestAgeMs: 0 }

  constructor(options: BacklogMeterOptions) {
    this.#options = options
  }

  /** As of the last measurement. */
  backlog(): Backlog {
    return this.#backlog
  }

  /** Measures until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { database, limit, everyMs, onError } = this.#options
    while (!signal.aborted) {
      try {
        this.#backlog = await outboxBacklog(database, limit)
      } catch (error) {
        onError(error)
      }
      await pause(everyMs, signal)
    }
  }
}
