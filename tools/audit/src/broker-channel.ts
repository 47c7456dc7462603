import type { Socket } from 'node:net'
import { type Channel, type ChannelModel, connect } from 'amqplib'

/** How long the broker may say nothing while the connection is opened, ms. */
const connectTimeoutMs = 5_000

/**
 * Runs work on a channel of a connection of its own, which lasts so long at most.
 * @throws what the work throws, or why the connection broke or took too long.
 */
export const onChannel = async <Result>(
  { amqpUrl, withinMs }: { readonly amqpUrl: string; readonly withinMs: number },
  work: (channel: Channel) => Promise<Result>,
): Promise<Result> => {
  const clientProperties = { connection_name: 'quadrille-audit' }
  const connection = await connect(amqpUrl, { noDelay: true, timeout: connectTimeoutMs, clientProperties })
  const closed = Promise.withResolvers<unknown>()
  const broken = Promise.withResolvers<never>()
  connection.on('close', closed.resolve).on('error', broken.reject)
  const late = new Error(`the broker has not answered everything within ${withinMs / 1_000} s`)
  const timer = setTimeout(() => socketOf(connection).destroy(late), withinMs)
  try {
    return await Promise.race([begin(connection, work), broken.promise])
  } finally {
    connection.close().catch(() => undefined) // it is closed already
    await closed.promise
    clearTimeout(timer)
  }
}

const begin = async <Result>(connection: ChannelModel, work: (channel: Channel) => Promise<Result>) => {
  const channel = await connection.createChannel()
  channel.on('error', () => undefined) // the call that caused it rejects
  return work(channel)
}

/** amqplib shows its socket, but doesn't say so in its types. */
const socketOf = ({ connection }: ChannelModel): Socket => (connection as unknown as { stream: Socket }).stream
