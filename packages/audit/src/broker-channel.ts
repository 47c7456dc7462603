import type { Socket } from 'node:net'
import { type Channel, type ChannelModel, connect } from 'amqplib'

/** How long the broker may say nothing while the connection is opened, ms. */
const connectTimeoutMs = 5_000

/** How long the connection may last, ms: far longer than all queues take that a slow leader answers for. */
const lastsMs = 60_000

/**
 * Runs work on a channel of a connection of its own.
 * @throws what the work throws, or why the connection broke or took too long.
 */
export const onChannel = async <Result>(
  amqpUrl: string,
  work: (channel: Channel) => Promise<Result>,
): Promise<Result> => {
  const clientProperties = { connection_name: 'quadrille-audit' }
  const connection = await connect(amqpUrl, { noDelay: true, timeout: connectTimeoutMs, clientProperties })
  const closed = Promise.withResolvers<unknown>()
  const broken = Promise.withResolvers<never>()
  connection.on('close', closed.resolve).on('error', broken.reject)
  const silence = new Error(`the broker was silent for ${lastsMs / 1_000} s`)
  const tooLate = setTimeout(() => socketOf(connection).destroy(silence), lastsMs)
  try {
    return await Promise.race([begin(connection, work), broken.promise])
  } finally {
    connection.close().catch(() => undefined) // it is closed already
    await closed.promise
    clearTimeout(tooLate)
  }
}

const begin = async <Result>(connection: ChannelModel, work: (channel: Channel) => Promise<Result>) => {
  const channel = await connection.createChannel()
  channel.on('error', () => undefined) // the call that caused it rejects
  return work(channel)
}

/** amqplib shows its socket, but doesn't say so in its types. */
const socketOf = ({ connection }: ChannelModel): Socket => (connection as unknown as { stream: Socket }).stream
