/** The recorded state of an earlier version. */
import type { ServiceName } from '@quadrille/events'
import type { StoredBroker } from './stored-broker.ts'
import type { StoredDatabase } from './stored-databases.ts'

export interface Recording {
  /** ISO 8601. */
  readonly recordedAt: string
  /** The ids of the orders, by their situation at that time. */
  readonly orders: Readonly<Record<string, string>>
  /** Without those of services that did not exist yet. */
  readonly databases: Readonly<Partial<Record<ServiceName, StoredDatabase>>>
  /** Null if the services ran in one process. */
  readonly broker: StoredBroker | null
}

/** No order of a recording expires. */
export const neverExpires = { ORDER_TTL: '36500d' }
