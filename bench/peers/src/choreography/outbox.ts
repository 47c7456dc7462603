/**
 * The transactional outbox: an event is stored in the transaction of the state from which it follows. The relay publishes the rows
 * in batches, and deletes those that the broker has confirmed (https://microservices.io/patterns/data/transactional-outbox,
 * https://microservices.io/patterns/data/polling-publisher). It works as soon as a transaction has committed, so that an event
 * does not wait for the next poll; the poll finds what a crash has left. The inbox of a consumer ignores a second copy.
 */
import type { ConfirmChannel } from 'amqplib'
import type { Pool, QueryConfig } from 'pg'
import type { ServiceName, ShopEvent } from '../shop/choreography.ts'
import { inTransaction } from '../shop/transaction.ts'
import { exchange } from './topology.ts'

const pollMs = 1_000
const batchSize = 500

export interface Outbox {
  /** The statement that stores the event, for the caller's transaction. */
  insert(event: ShopEvent): QueryConfig
  /** To be called after the commit. */
  wakeRelay(): void
  /** Stops the poll. */
  stop(): void
}

export interface OutboxOptions {
  readonly pool: Pool
  readonly channel: ConfirmChannel
  readonly service: ServiceName
}

/** Creates the table, and starts the relay. */
export const openOutbox = async ({ pool, channel, service }: OutboxOptions): Promise<Outbox> => {
  await pool.query(`
    create schema if not exists ${service};
    create table if not exists ${service}.outbox (
      id uuid primary key, event jsonb not null, created_at timestamptz not null default now()
    )`)
  const wakeRelay = oneAtATime(() => relayBatch({ pool, channel, service }))
  const timer = setInterval(wakeRelay, pollMs)
  return {
    insert: (event) => ({
      name: 'outbox',
      text: `insert into ${service}.outbox (id, event) values ($1, $2)`,
      values: [event.id, JSON.stringify(event)],
    }),
    wakeRelay,
    stop: () => clearInterval(timer),
  }
}

/** Publishes a batch, and deletes it. Other instances of the service skip the rows. @returns whether there may be more */
const relayBatch = ({ pool, channel, service }: OutboxOptions): Promise<boolean> =>
  inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ event: ShopEvent }>({
      name: 'waiting',
      text: `select event from ${service}.outbox order by id limit ${batchSize} for update skip locked`,
    })
    if (rows.length === 0) return false
    const events = rows.map(({ event }) => event)
    await Promise.all(events.map((event) => publish(channel, event)))
    await client.query({
      name: 'confirmed',
      text: `delete from ${service}.outbox where id = any($1)`,
      values: [events.map(({ id }) => id)],
    })
    return rows.length === batchSize
  })

/** Resolves once the broker has confirmed the event. */
const publish = (channel: ConfirmChannel, event: ShopEvent): Promise<void> =>
  new Promise((resolve, reject) => {
    const options = { persistent: true, messageId: event.id, type: event.type, contentType: 'application/json' }
    channel.publish(exchange, event.type, Buffer.from(JSON.stringify(event)), options, (error) =>
      error ? reject(error) : resolve(),
    )
  })

/** Returns a function that runs `work` after its last run, and again while that returns true. A failure waits for the next call. */
const oneAtATime = (work: () => Promise<boolean>): (() => void) => {
  let isWanted = false
  let isRunning = false
  const run = async () => {
    isRunning = true
    while (isWanted) {
      isWanted = false
      try {
        if (await work()) isWanted = true
      } catch (error) {
        console.error(error)
      }
    }
    isRunning = false
  }
  return () => {
    isWanted = true
    if (!isRunning) void run()
  }
}
