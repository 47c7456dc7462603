import type { ChannelModel } from 'amqplib'

/** Aborts when the connection closes. */
export const closingOf = (connection: ChannelModel): AbortSignal => {
  const closed = new AbortController()
  connection.once('close', () => closed.abort(new Error('the connection has closed')))
  return closed.signal
}
