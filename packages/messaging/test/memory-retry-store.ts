/** A retry store for tests of the in-process broker, with a switch that takes it away as an outage does. */
import { setTimeout as pause } from 'node:timers/promises'
import type { RetryStore, TakenDelivery, WaitingDelivery } from '../src/index.ts'

interface Row extends TakenDelivery {
  readonly queue: string
  readonly error: string | null
  dueAt: number
}

export interface MemoryRetryStore extends RetryStore {
  readonly rows: ReadonlyMap<string, Row>
  /** While true, every call fails. */
  away: boolean
  /** Of the calls of `add`, how many deliveries each had. */
  readonly batches: readonly number[]
}

/** Answers in a later turn of the event loop, like a database. */
export const memoryRetryStore = (): MemoryRetryStore => {
  const rows = new Map<string, Row>()
  const batches: number[] = []
  let lastKey = 0
  const answer = async (store: MemoryRetryStore) => {
    await pause(1)
    if (store.away) throw new Error('the database is away')
  }
  const store: MemoryRetryStore = {
    rows,
    batches,
    away: false,
    async add(queue: string, deliveries: readonly WaitingDelivery[]) {
      await answer(store)
      batches.push(deliveries.length)
      for (const { message, attempts, delayMs, error } of deliveries) {
        lastKey += 1
        const key = String(lastKey)
        rows.set(key, { key, queue, message, attempts, error, dueAt: Date.now() + delayMs })
      }
    },
    async take(queue: string, limit: number, leaseMs: number) {
      await answer(store)
      const due = [...rows.values()].filter((row) => row.queue === queue && row.dueAt <= Date.now())
      const taken = due.sort((a, b) => a.dueAt - b.dueAt || Number(a.key) - Number(b.key)).slice(0, limit)
      for (const row of taken) row.dueAt = Date.now() + leaseMs
      return taken.map(({ key, message, attempts }) => ({ key, message, attempts }))
    },
    async remove(_queue: string, keys: readonly string[]) {
      await answer(store)
      for (const key of keys) rows.delete(key)
    },
  }
  return store
}
