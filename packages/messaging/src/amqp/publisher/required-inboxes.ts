/** Waiting for the inboxes without which a published event would be lost on its consumers. */

import { type Backoff, backoffMs, pause } from '@quadrille/async'
import type { ChannelModel } from 'amqplib'
import { bindingMarkerOf, type ServiceTopology } from '../../topology.ts'
import { exchangeExists, queueExists } from '../topology/existence.ts'

export interface Waiting {
  readonly backoff: Backoff
  /** Aborted when the connection ends. */
  readonly signal: AbortSignal
  /** Told each time that an inbox isn't there yet. */
  readonly missing: (inbox: string) => void
}

/** Resolves when every inbox that the service awaits exists and is bound to its events, or when the signal is aborted. */
export const requiredInboxesBound = async (
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
  (await queueExists(connection, inbox)) && (await exchangeExists(connection, bindingMarkerOf(inbox, events)))
