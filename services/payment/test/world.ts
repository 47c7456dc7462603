/**
 * The payment service without broker and consumers: its reactions, tasks and gateway on one database. A test runs it step
 * by step.
 */
import { type DataOf, type Message, newOrderId, shop } from '@quadrille/events'
import { type Database, openDatabase } from '@quadrille/postgres'
import { fold } from '@quadrille/service/tools'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
import { claimedByTest, type MigratedDatabase, openMigratedDatabase } from '@quadrille/testing'
import type { Payment } from '../src/domain/payment.ts'
import { payment } from '../src/service.ts'
import { createWorker, type Faults, type Worker } from './worker.ts'

export interface World extends AsyncDisposable {
  readonly database: Database
  /** The gateway's clock: the real time plus the time by which the test has advanced it. */
  readonly clock: { now(): Date; advance(ms: number): void }
  /** Requested tasks that no worker has taken yet. */
  readonly due: Message[]
  /** Takes the task that has waited for the longest time. */
  take(): Message
  /** The types of the published events, in order. */
  readonly published: string[]
  place(method: string, details?: Partial<DataOf<'OrderPlaced'>>): Promise<string>
  cancel(orderId: string): Promise<void>
  handle(...messages: readonly Message[]): Promise<void>
  worker(faults?: Faults): Worker
}

export interface Worlds {
  /** Opens the world of the next test. */
  open(): Promise<World>
  close(): Promise<void>
}

/** Worlds that share a database, one after the other. */
export const createWorlds = async (serverUrl: string): Promise<Worlds> => {
  const migrated = await openMigratedDatabase(serverUrl, payment.migrations)
  return {
    open: async () => {
      await migrated.empty()
      return openWorld(migrated)
    },
    close: migrated.close,
  }
}

const openWorld = ({ url, database }: MigratedDatabase): World => {
  const opened: Database[] = []
  let movedMs = 0
  const clock = {
    now: () => new Date(Date.now() + movedMs),
    advance: (ms: number) => {
      movedMs += ms
    },
  }
  const due: Message[] = []
  const published: string[] = []
  const options = { language: shop, service: 'payment', reactions: payment.reactions }

  const handle = async (...messages: readonly Message[]) => {
    const steps = await database.transaction(async (sql) => {
      const claimedSql = await claimedByTest(
        sql,
        messages.map(({ subject }) => subject),
      )
      const set = await payment.tables.load(sql, { messages, claimedSql, waits: true })
      const folded = fold<Payment | undefined, Message>(set, messages, { ...options, now: clock.now() })
      for (const error of folded.failures.values()) throw error
      await sql.commit(set.changes(folded.steps))
      return folded.steps
    })
    published.push(...steps.flatMap(({ events }) => events.map(({ type }) => type)))
    due.push(...steps.flatMap(({ tasks }) => tasks))
  }

  return {
    database,
    clock,
    due,
    take: () => {
      const task = due.shift()
      if (!task) throw new Error('No task is due.')
      return task
    },
    published,
    handle,
    place: async (method, details = {}) => {
      const orderId = newOrderId()
      const expiresAt = new Date(Date.now() + 900_000).toISOString()
      await handle(aMessage('OrderPlaced', { ...aPlacedOrder(orderId, method), expiresAt, ...details }))
      return orderId
    },
    cancel: (orderId) => handle(aMessage('OrderCancelled', { ...anOrder(orderId), reason: 'customer' })),
    worker: (faults = {}) => {
      // another process would have its own connections, and its own batches
      const own = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })
      opened.push(own)
      return createWorker({ database: own, due, handle, now: clock.now, faults })
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(opened.map((each) => each.end()))
    },
  }
}
