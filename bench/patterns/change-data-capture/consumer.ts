import { connect } from 'amqplib'
import { nowMs } from './service/store.ts'
import { inbox } from './service/topology.ts'

export interface Consumer {
  /** How often each message has arrived, by its id. */
  readonly received: ReadonlyMap<string, number>
  /** The time from the begin of the transaction until the first arrival, ms, since the last call. */
  takeDelays(): number[]
  /** When the last message arrived, ms. */
  lastAtMs(): number
  close(): Promise<void>
}

/** Consumes all messages of a service. */
export const startConsumer = async (amqpUrl: string): Promise<Consumer> => {
  const connection = await connect(amqpUrl)
  const channel = await connection.createChannel()
  const received = new Map<string, number>()
  const delays: number[] = []
  let lastAtMs = 0
  const handle = (id: string, body: Buffer) => {
    lastAtMs = nowMs()
    const times = received.get(id) ?? 0
    received.set(id, times + 1)
    if (times === 0) delays.push(lastAtMs - (JSON.parse(body.toString()) as { sentAtMs: number }).sentAtMs)
  }
  await channel.consume(
    inbox,
    (message) => {
      if (message) handle(String(message.properties.messageId), message.content)
    },
    { noAck: true },
  )
  return { received, takeDelays: () => delays.splice(0), lastAtMs: () => lastAtMs, close: () => connection.close() }
}
