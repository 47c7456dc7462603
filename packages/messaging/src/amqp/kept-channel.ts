/** A channel of its own on a connection, for work without which the rest of the service goes on. */
import { type Backoff, backoffMs, pause, toError } from '@quadrille/async'
import { type Channel, type ChannelModel, IllegalOperationError } from 'amqplib'
import { closeChannel } from './channel.ts'

export interface KeptChannelOptions {
  readonly backoff: Backoff
  /** Called for each failure, such as a missing permission, or a connection that has no free channel. */
  readonly onError: (error: unknown) => void
}

/** How long a channel may take to become usable, ms. A queue without a leader never answers. */
const openTimeoutMs = 30_000

/**
 * Opens a channel, and a new one whenever it fails, with backoff. Resolves when the connection has ended. Unlike for the other
 * channels, a failure does not end the connection.
 */
export const keepChannel = async (
  connection: ChannelModel,
  open: (channel: Channel) => Promise<unknown>,
  { backoff, onError }: KeptChannelOptions,
): Promise<void> => {
  const ending = new AbortController()
  connection.once('close', () => ending.abort())
  const ended = ending.signal
  for (let failures = 1; !ended.aborted; failures += 1) {
    const openedAtMs = performance.now()
    const channel = await connection.createChannel().catch(toError)
    if (channel instanceof IllegalOperationError) return // the connection had ended before
    const error = channel instanceof Error ? channel : await untilClosed(channel, open)
    if (ended.aborted) return
    onError(error)
    if (performance.now() - openedAtMs > backoff.maxMs) failures = 1
    await pause(backoffMs(failures, backoff), ended)
  }
}

/** Resolves to the reason of its end. */
const untilClosed = async (channel: Channel, open: (channel: Channel) => Promise<unknown>): Promise<unknown> => {
  const { promise: closed, resolve: close } = Promise.withResolvers<unknown>()
  channel.on('error', close)
  channel.on('close', () => close(new Error('the channel was closed')))
  const late = () => close(new Error(`the channel was not usable within ${openTimeoutMs / 1_000} s`))
  const timeout = setTimeout(late, openTimeoutMs)
  open(channel)
    .catch(close)
    .finally(() => clearTimeout(timeout))
  const reason = await closed
  clearTimeout(timeout)
  void closeChannel(channel)
  return reason
}
