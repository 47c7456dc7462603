/**
 * The idempotent consumer: each delivery is a transaction of its own, which records the message in the inbox, and is acknowledged
 * after the commit (https://microservices.io/patterns/communication-style/idempotent-consumer).
 */
import type { Channel, ConsumeMessage } from 'amqplib'
import type { Pool } from 'pg'
import { react, type ServiceName, type ShopEvent } from '../shop/choreography.ts'
import { inTransaction } from '../shop/transaction.ts'
import type { Outbox } from './outbox.ts'

export interface ConsumerOptions {
  readonly pool: Pool
  readonly channel: Channel
  readonly outbox: Outbox
  readonly service: ServiceName
}

/** Creates the inbox, and handles deliveries concurrently, as many as the channel's prefetch allows. */
export const consume = async (options: ConsumerOptions): Promise<void> => {
  const { pool, channel, service } = options
  await pool.query(`
    create schema if not exists ${service};
    create table if not exists ${service}.inbox (id uuid primary key, received_at timestamptz not null default now())`)
  await channel.consume(service, (message) => {
    if (!message) throw new Error(`RabbitMQ cancelled the consumer of ${service}.`)
    void handleDelivery(message, options)
  })
}

const handleDelivery = async (message: ConsumeMessage, options: ConsumerOptions): Promise<void> => {
  try {
    await handle(JSON.parse(message.content.toString()), options)
    options.channel.ack(message)
  } catch (error) {
    console.error(error)
    options.channel.nack(message) // delivered again, and dead-lettered at the delivery limit
  }
}

const handle = async (event: ShopEvent, { pool, outbox, service }: ConsumerOptions): Promise<void> => {
  const { state, next } = react(service, event)
  const isFirst = await inTransaction(pool, async (client) => {
    const inserted = await client.query({
      name: 'inbox',
      text: `insert into ${service}.inbox (id) values ($1) on conflict do nothing`,
      values: [event.id],
    })
    if (inserted.rowCount === 0) return false
    if (next) await client.query(outbox.insert(next))
    await client.query(state) // last, because it locks the row of a popular SKU until the commit
    return true
  })
  if (isFirst && next) outbox.wakeRelay()
}
