/** Calls on channels of amqplib, and the errors that they reject with. */
import { type Channel, type ChannelModel, IllegalOperationError } from 'amqplib'

/** Opens a channel for calls that reject with the error of the channel. Without a listener that error would end the process. */
export const openChannel = async (connection: ChannelModel): Promise<Channel> => {
  const channel = await connection.createChannel()
  channel.on('error', () => undefined)
  return channel
}

/** Closes a channel that may be closed already. */
export const closeChannel = (channel: Channel): Promise<void> => channel.close().catch(ignoreClosed)

/** For calls on a channel or connection that may be closed. @throws any other error. */
export const ignoreClosed = (error: unknown): void => {
  if (!(error instanceof IllegalOperationError)) throw error
}

/** AMQP 0-9-1, section 1.2 (reply codes). */
const replyCodes = { 'access-refused': 403, 'not-found': 404, 'precondition-failed': 406 }

/** True for an error with which RabbitMQ has closed a channel for this reason. */
export const isClosedBy = (reason: keyof typeof replyCodes, error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === replyCodes[reason]
