/** Waits for the inboxes that must exist before events are published, because they would miss them. */

import { type Backoff, backoffMs, pause } from '@quadrille/async'
import type { ChannelModel } from 'amqplib'
import type { ServiceTopology } from '../../topology.ts'
import { exchangeExists, queueMayExist } from '../topology/existence.ts'
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

/** A user of one service may have no permission on the queue of another: then the marker alone proves it. */
const isBound = async (connection: ChannelModel, inbox: string, events: string): Promise<boolean> =>
  (await queueMayExist(connection, inbox)) && (await exchangeExists(connection, bindingMarkerOf(inbox, events)))
