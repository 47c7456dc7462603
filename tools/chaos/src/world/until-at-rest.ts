import { setTimeout as pause } from 'node:timers/promises'
import { type Databases, isEmptyQueue, queueDepths } from '@quadrille/audit'
import { query } from './query.ts'

const lookEveryMs = 500

/** How long it waits: the longest retry of a task that fails in the end, ms. */
const withinMs = 150_000

/** Resolves when all outboxes and queues are empty, or the time is over. The audit reports the rest. */
export const atRest = async (databases: Databases, brokerUrl: string): Promise<void> => {
  const deadline = performance.now() + withinMs
  while (performance.now() < deadline) {
    const queues = [...(await queueDepths(brokerUrl)).values()]
    const outboxes = await Promise.all(Object.values(databases).map(countOutbox))
    if (queues.every(isEmptyQueue) && outboxes.every((left) => left === 0)) return
    await pause(lookEveryMs)
  }
}

const countOutbox = async (url: string): Promise<number> => {
  const [count] = await query<{ rows: number }>(url, 'select count(*) as rows from outbox')
  return count?.rows ?? 0
}
