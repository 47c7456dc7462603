/** A worker of payment's tasks, which a test can pause and crash at any point. */
import { type Draft, type Message, seal } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { outcomeOf, type Task } from '@quadrille/service/tools'
import { openPaymentStore } from '../src/db/payment-store.ts'
import type { BeginAttempt } from '../src/gateway/gateway.ts'
import { simulatedGateway } from '../src/gateway/simulated/gateway.ts'
import { cancelCharge } from '../src/tasks/cancel-charge.ts'
import { charge } from '../src/tasks/charge.ts'
import { refund } from '../src/tasks/refund.ts'

/** The points at which a worker can be paused. */
export interface Faults {
  /** The worker has the payment intent, but has not stored its reference. */
  readonly beforeStored?: () => Promise<void>
  /** The worker has stored the reference, but has not confirmed the payment intent. */
  readonly beforeConfirmed?: () => Promise<void>
  /** The gateway is processing the confirmation. */
  readonly whileProcessed?: (ms: number) => Promise<void>
}

export interface Worker {
  /** Performs a task and stores its outcome, if it has one. */
  perform(task: Message, attempt?: number): Promise<void>
  /** Performs a task, and crashes before it can store its outcome. */
  performAndCrash(task: Message, attempt?: number): Promise<void>
  /** Performs all due tasks. Repeats a task whose outcome is unknown, at most three times. */
  finish(): Promise<void>
}

interface WorkerOptions {
  readonly database: Database
  readonly due: Message[]
  readonly handle: (message: Message) => Promise<void>
  readonly now: () => Date
  readonly faults: Faults
}

export const createWorker = ({ database, due, handle, now, faults }: WorkerOptions): Worker => {
  const { beforeStored, beforeConfirmed, whileProcessed } = faults
  const payments = openPaymentStore(database)
  const gateway = simulatedGateway({ database, now, ...(whileProcessed && { wait: whileProcessed }) })
  const withPauses =
    (begin: BeginAttempt): BeginAttempt =>
    async (reference) => {
      await beforeStored?.()
      const permission = await begin(reference)
      await beforeConfirmed?.()
      return permission
    }
  const ports = {
    payments,
    gateway: {
      ...gateway,
      charge: (...[request, begin, signal]: Parameters<typeof gateway.charge>) =>
        gateway.charge(request, withPauses(begin), signal),
    },
  }
  const tasks = new Map<string, Task<Message, Draft>>([
    ['Charge', charge(ports)],
    ['CancelCharge', cancelCharge(ports)],
    ['Refund', refund(ports)],
  ])
  const run = async (message: Message, attempt: number): Promise<Draft | null> => {
    const task = tasks.get(message.type)
    if (!task) throw new Error(`${message.type} is not a task of payment.`)
    return outcomeOf(await task.perform(message, { number: attempt, signal: new AbortController().signal }))
  }
  const perform = async (message: Message, attempt = 1) => {
    const outcome = await run(message, attempt)
    if (outcome) await handle(seal(outcome, { service: 'payment', now: now(), cause: message }))
  }

  return {
    perform,
    performAndCrash: async (message, attempt = 1) => {
      await run(message, attempt)
    },
    finish: async () => {
      for (let task = due.shift(); task; task = due.shift()) await persist(perform, task)
    },
  }
}

const persist = async (perform: Worker['perform'], task: Message): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await perform(task, attempt)
    } catch (error) {
      if (attempt === 3) throw error
    }
  }
}
