import { setTimeout as pause } from 'node:timers/promises'
import { type Databases, isEmptyQueue, queueDepths } from '@quadrille/audit'
import { query } from './query.ts'

const pollEveryMs = 500

/** The longest wait, ms: a task that fails permanently has used all its retries by then. */
const withinMs = 150_000

/** Resolves when all outboxes and queues are empty, or after the longest wait. The audit then reports the remaining work. */
export const untilAtRest = (databases: Databases, brokerUrl: string): Promise<void> =>
  untilTwice(async () => {
    const queues = [...(await queueDepths(brokerUrl)).values()]
    const outboxes = await Promise.all(Object.values(databases).map(countOutbox))
    return queues.every(isEmptyQueue) && outboxes.every((left) => left === 0)
  }, pollEveryMs)

/** Resolves when this is so twice in a row: a message that a service is handling is in no queue, and in no outbox. */
export const untilTwice = async (isAtRest: () => Promise<boolean>, everyMs: number): Promise<void> => {
  const deadline = performance.now() + withinMs
  for (let rests = 0; performance.now() < deadline; await pause(everyMs)) {
    rests = (await isAtRest()) ? rests + 1 : 0
    if (rests === 2) return
  }
}

const countOutbox = async (url: string): Promise<number> => {
  const [count] = await query<{ rows: number }>(url, 'select count(*) as rows from outbox')
  return count?.rows ?? 0
}
