/** Waiting for the inboxes without which a published event would be lost on its consumers. */
import type { Channel, ChannelModel } from 'amqplib'
import { type Backoff, backoffMs, pause } from '../backoff.ts'
import { bindingMarkerOf, type ServiceTopology } from '../topology.ts'
import { isNotFound } from './not-found.ts'

export interface Waiting {
  readonly backoff: Backoff
  /** Aborted when the connection ends. */
  readonly signal: AbortSignal
  /** Told each time that an inbox isn't there yet. */
  readonly missing: (inbox: string) => void
}

/** Resolves when every inbox that the service awaits exists and is bound to its events, or when the signal is aborted. */
export const boundInboxes = async (
  connection: ChannelModel,
  { events, awaits }: ServiceTopology,
  { backoff, signal, missing }: Waiting,
): Promise<void> => {
  for (const inbox of awaits) {
    for (let failures = 1; !signal.aborted && !(await isBound(connection, inbox, events)); failures += 1) {
      missing(inbox)
      await pause(backoffMs(failures, backoff), signal)
    }
  }
}

const isBound = async (connection: ChannelModel, inbox: string, events: string): Promise<boolean> =>
  (await exists(connection, (channel) => channel.checkQueue(inbox))) &&
  (await exists(connection, (channel) => channel.checkExchange(bindingMarkerOf(inbox, events))))

/** Declares passively, on a channel of its own: the broker closes the channel where the thing doesn't exist. */
const exists = async (connection: ChannelModel, check: (channel: Channel) => Promise<unknown>): Promise<boolean> => {
  const channel = await connection.createChannel()
  channel.on('error', () => undefined) // the check rejects with it
  try {
    await check(channel)
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
  await channel.close()
  return true
}
