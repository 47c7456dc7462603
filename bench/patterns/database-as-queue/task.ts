/** The work of all queues: a task to charge an order. */
import { randomUUID } from 'node:crypto'
import { nowMs } from '../now.ts'

export interface Task {
  readonly id: string
  readonly orderId: string
  readonly amount: number
  readonly currency: string
  readonly method: string
  /** When it should be sent, in ms since 1970. It is sent later if the sender is late. */
  readonly dueMs: number
}

export const makeTask = (dueMs = nowMs()): Task => ({
  id: randomUUID(),
  orderId: randomUUID(),
  amount: 4_200,
  currency: 'EUR',
  method: 'pm_card_visa',
  dueMs,
})

export const makeTasks = (count: number): Task[] => Array.from({ length: count }, () => makeTask())
