import type { Socket } from 'node:net'
import { credentialsOf } from '@quadrille/messaging'
import { type Channel, type ChannelModel, connect } from 'amqplib'

/** How long the broker may be silent while the connection is opened, ms. */
const connectTimeoutMs = 5_000

/** Opens a channel. The broker closes a channel after a query for a missing queue. */
export type OpenChannel = () => Promise<Channel>

/**
 * Runs work on channels of its own connection, for at most `withinMs`.
 * @throws the error of the work, of the connection, or of the timeout.
 */
export const onConnection = async <Result>(
  { amqpUrl, withinMs }: { readonly amqpUrl: string; readonly withinMs: number },
  work: (openChannel: OpenChannel) => Promise<Result>,
): Promise<Result> => {
  const clientProperties = { connection_name: 'quadrille-audit' }
  const connection = await connect(amqpUrl, {
    ...{ noDelay: true, timeout: connectTimeoutMs, clientProperties },
    credentials: credentialsOf(amqpUrl),
  })
  const closed = Promise.withResolvers<unknown>()
  const broken = Promise.withResolvers<never>()
  connection.on('close', closed.resolve).on('error', broken.reject)
  const late = new Error(`the broker has not answered all queries within ${withinMs / 1_000} s`)
  const timer = setTimeout(() => socketOf(connection).destroy(late), withinMs)
  try {
    return await Promise.race([work(() => openOn(connection)), broken.promise])
  } finally {
    connection.close().catch(() => undefined) // it may be closed already
    await closed.promise
    clearTimeout(timer)
  }
}

const openOn = async (connection: ChannelModel): Promise<Channel> => {
  const channel = await connection.createChannel()
  channel.on('error', () => undefined) // the call that caused it rejects
  return channel
}

/** amqplib exposes its socket, but not in its types. */
const socketOf = ({ connection }: ChannelModel): Socket => (connection as unknown as { stream: Socket }).stream
