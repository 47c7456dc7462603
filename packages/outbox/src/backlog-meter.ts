import type { Database } from '@quadrille/postgres'
import { type Backlog, outboxBacklog } from './outbox.ts'

export interface BacklogMeterOptions {
  readonly database: Database
  /** The rows are counted up to this number. */
  readonly limit: number
  readonly onError: (error: unknown) => void
}

/** Measures the backlog of an outbox, and keeps the result. */
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

  /** Measures now. */
  async measure(): Promise<void> {
    const { database, limit, onError } = this.#options
    try {
      this.#backlog = await outboxBacklog(database, limit)
    } catch (error) {
      onError(error)
    }
  }
}
