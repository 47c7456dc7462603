/** Waits for the inboxes that must exist before events are published, because they would miss them. */

import { type Backoff, backoffMs, pause } from '@quadrille/async'
import type { ChannelModel } from 'amqplib'
import type { ServiceTopology } from '../../topology.ts'
import { exchangeExists, queueExists } from '../topology/existence.ts'
import { bindingMarkerOf } from '../topology/names.ts'

export interface Waiting {
  readonly backoff: Backoff
  /** Aborted when the connection ends. */
  readonly signal: AbortSignal
  /** Called for each missing inbox. */
  readonly missing: (inbox: string) => void
}

/** Resolves when every required inbox exists and is bound to the service's events, or when the signal aborts. */
export const requiredInboxesBound = async (
  connection: ChannelModel,
  { events, requiredInboxes }: ServiceTopology,
  { backoff, signal, missing }: Waiting,
): Promise<void> => {
  for (const inbox of requiredInboxes) {
    for (let failures = 1; !signal.aborted && !(await isBound(connection, inbox, events)); failures += 1) {
      missing(inbox)
      await pause(backoffMs(failures, backoff), signal)
    }
  }
}

const isBound = async (connection: ChannelModel, inbox: string, events: string): Promise<boolean> =>
  (await queueExists(connection, inbox)) && (await exchangeExists(connection, bindingMarkerOf(inbox, events)))
