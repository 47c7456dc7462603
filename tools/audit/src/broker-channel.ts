import type { Socket } from 'node:net'
import { type Channel, type ChannelModel, connect } from 'amqplib'

/** How long the broker may say nothing while the connection is opened, ms. */
const connectTimeoutMs = 5_000

/** Opens a channel. The broker closes one on which something was asked for that doesn't exist. */
export type OpenChannel = () => Promise<Channel>

/**
 * Runs work on channels of a connection of its own, which lasts so long at most.
 * @throws what the work throws, or why the connection broke or took too long.
 */
export const onConnection = async <Result>(
  { amqpUrl, withinMs }: { readonly amqpUrl: string; readonly withinMs: number },
  work: (openChannel: OpenChannel) => Promise<Result>,
): Promise<Result> => {
  const clientProperties = { connection_name: 'quadrille-audit' }
  const connection = await connect(amqpUrl, { noDelay: true, timeout: connectTimeoutMs, clientProperties })
  const closed = Promise.withResolvers<unknown>()
  const broken = Promise.withResolvers<never>()
  connection.on('close', closed.resolve).on('error', broken.reject)
  const late = new Error(`the broker has not answered everything within ${withinMs / 1_000} s`)
  const timer = setTimeout(() => socketOf(connection).destroy(late), withinMs)
  try {
    return await Promise.race([work(() => openOn(connection)), broken.promise])
  } finally {
    connection.close().catch(() => undefined) // it is closed already
    await closed.promise
    clearTimeout(timer)
  }
}

const openOn = async (connection: ChannelModel): Promise<Channel> => {
  const channel = await connection.createChannel()
  channel.on('error', () => undefined) // the call that caused it rejects
  return channel
}

/** amqplib shows its socket, but doesn't say so in its types. */
const socketOf = ({ connection }: ChannelModel): Socket => (connection as unknown as { stream: Socket }).stream
