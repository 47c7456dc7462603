import { setTimeout as pause } from 'node:timers/promises'
import { type Databases, isEmptyQueue, queueDepths } from '@quadrille/audit'
import { query } from './query.ts'

const pollEveryMs = 500

/** The longest wait, ms: a task that fails permanently has used all its retries by then. */
const withinMs = 150_000

/** Resolves when all outboxes and queues are empty, or after the longest wait. The audit then reports the remaining work. */
export const untilAtRest = async (databases: Databases, brokerUrl: string): Promise<void> => {
  const deadline = performance.now() + withinMs
  while (performance.now() < deadline) {
    const queues = [...(await queueDepths(brokerUrl)).values()]
    const outboxes = await Promise.all(Object.values(databases).map(countOutbox))
    if (queues.every(isEmptyQueue) && outboxes.every((left) => left === 0)) return
    await pause(pollEveryMs)
  }
}

const countOutbox = async (url: string): Promise<number> => {
  const [count] = await query<{ rows: number }>(url, 'select count(*) as rows from outbox')
  return count?.rows ?? 0
}
