import { connect } from 'amqplib'
import { nowMs } from '../now.ts'
import { inbox } from './service/topology.ts'

export interface Consumer {
  /** How often each message has arrived, by its id. */
  readonly received: ReadonlyMap<string, number>
  /** When each message has arrived first, ms, by its id. */
  readonly firstAtMs: ReadonlyMap<string, number>
  /** When the last message arrived, ms. */
  lastAtMs(): number
  close(): Promise<void>
}

/** Consumes all messages of a service. */
export const startConsumer = async (amqpUrl: string): Promise<Consumer> => {
  const connection = await connect(amqpUrl)
  const channel = await connection.createChannel()
  const received = new Map<string, number>()
  const firstAtMs = new Map<string, number>()
  let lastAtMs = 0
  const handle = (id: string) => {
    lastAtMs = nowMs()
    const times = received.get(id) ?? 0
    received.set(id, times + 1)
    if (times === 0) firstAtMs.set(id, lastAtMs)
  }
  await channel.consume(
    inbox,
    (message) => {
      if (message) handle(String(message.properties.messageId))
    },
    { noAck: true },
  )
  return { received, firstAtMs, lastAtMs: () => lastAtMs, close: () => connection.close() }
}
