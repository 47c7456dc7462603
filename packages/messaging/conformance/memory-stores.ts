/** Stores in memory, for participants without a database. Each can be made unavailable, as in an outage. */
import { setTimeout as pause } from 'node:timers/promises'
import type {
  DeadLetter,
  DeadLetterStore,
  QueuedAt,
  RetryStore,
  Stores,
  TakenDelivery,
  WaitingDelivery,
} from '../src/index.ts'

interface Outage {
  /** While true, every call fails. */
  unavailable: boolean
}

interface Row extends TakenDelivery {
  readonly queue: string
  readonly error: string | null
  dueAt: number
  taken: boolean
}

export interface MemoryRetryStore extends RetryStore, Outage {
  readonly rows: ReadonlyMap<string, Row>
  /** The number of deliveries in each call of `add`. */
  readonly batches: readonly number[]
}

export interface MemoryDeadLetterStore extends DeadLetterStore, Outage {
  readonly stored: ReadonlyMap<string, DeadLetter>
}

export interface MemoryStores extends Stores {
  readonly retries: MemoryRetryStore
  readonly deadLetters: MemoryDeadLetterStore
  readonly dropped: readonly QueuedAt[]
}

/** Masks nothing. */
export const memoryStores = (): MemoryStores => {
  const dropped: QueuedAt[] = []
  return {
    database: '7000.memory',
    retries: memoryRetryStore(),
    deadLetters: memoryDeadLetterStore(),
    redactText: (text) => text,
    onDropped: (each) => void dropped.push(each),
    dropped,
  }
}

export class StoreUnavailable extends Error {}

/** Answers in a later turn of the event loop, like a database. */
const answer = async ({ unavailable }: Outage) => {
  await pause(1)
  if (unavailable) throw new StoreUnavailable('the database is unavailable')
}

type Message = Pick<WaitingDelivery, 'message' | 'exchange'>

const isSame = (one: Message, other: Message): boolean =>
  one.message.id === other.message.id &&
  one.exchange === other.exchange &&
  Buffer.compare(one.message.body, other.message.body) === 0

const memoryRetryStore = (): MemoryRetryStore => {
  const rows = new Map<string, Row>()
  const batches: number[] = []
  let lastKey = 0
  const held = (queue: string) => [...rows.values()].filter((row) => row.queue === queue && row.taken)
  const store: MemoryRetryStore = {
    rows,
    batches,
    unavailable: false,
    async add(queue: string, deliveries: readonly WaitingDelivery[]) {
      await answer(store)
      batches.push(deliveries.length)
      for (const { delayMs, ...delivery } of deliveries) {
        const row = [...rows.values()].find((other) => other.queue === queue && isSame(other, delivery))
        if (row && row.attempts > delivery.attempts) continue
        if (row) rows.delete(row.key)
        lastKey += 1
        const key = String(lastKey)
        rows.set(key, { ...delivery, key, queue, dueAt: Date.now() + delayMs, taken: false })
      }
    },
    async take(queue: string, limit: number, leaseMs: number) {
      await answer(store)
      const due = [...rows.values()].filter((row) => row.queue === queue && row.dueAt <= Date.now())
      const taken = due.sort((a, b) => a.dueAt - b.dueAt || Number(a.key) - Number(b.key)).slice(0, limit)
      for (const row of taken) Object.assign(row, { dueAt: Date.now() + leaseMs, taken: true })
      return taken.sort((a, b) => Number(a.key) - Number(b.key))
    },
    async remove(keys: readonly string[]) {
      await answer(store)
      for (const key of keys) rows.delete(key)
    },
    async countDue(queue: string, limit: number) {
      await answer(store)
      const due = [...rows.values()].filter((row) => row.queue === queue && row.dueAt <= Date.now() && !row.taken)
      return Math.min(due.length, limit)
    },
    async nextDueMs(queue: string) {
      await answer(store)
      const dueAt = [...rows.values()].filter((row) => row.queue === queue).map((row) => row.dueAt)
      return dueAt.length > 0 ? Math.max(0, Math.min(...dueAt) - Date.now()) : null
    },
    async release(queue: string) {
      await answer(store)
      for (const row of held(queue)) Object.assign(row, { dueAt: Date.now(), taken: false })
    },
    async countCrashes(queue: string) {
      await answer(store)
      for (const row of held(queue))
        rows.set(row.key, { ...row, crashes: row.crashes + 1, dueAt: Date.now(), taken: false })
    },
  }
  return store
}

const memoryDeadLetterStore = (): MemoryDeadLetterStore => {
  const stored = new Map<string, DeadLetter>()
  const store: MemoryDeadLetterStore = {
    stored,
    unavailable: false,
    async add(added: readonly DeadLetter[]) {
      await answer(store)
      for (const deadLetter of added) if (!stored.has(deadLetter.id)) stored.set(deadLetter.id, deadLetter)
    },
  }
  return store
}
