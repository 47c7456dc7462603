import type { Pool, PoolClient } from 'pg'
import { markPostgresErrors } from './fault.ts'

export interface FreshConnections {
  /** A connection that was opened after the last `renew`, so it has no older plans and leads to the current primary. */
  connect(): Promise<PoolClient>
  /**
   * Reports a stale plan or a read-only server on this connection. All connections that are open now are closed instead
   * of reused. Does nothing if this connection was opened before the last `renew`, because newer ones are not affected.
   */
  renew(client: PoolClient): void
}

/**
 * The connections of a pool, replaced as a whole when the plans of prepared statements have become stale: the same
 * migration makes them stale on all connections, and the driver prepares a statement once per connection. They are also
 * replaced when the server has become a standby, because the host name may lead to the new primary.
 */
export const freshConnections = (pool: Pool): FreshConnections => {
  let generation = 0
  const opened = new WeakMap<PoolClient, number>()
  pool.on('connect', (client) => opened.set(client, generation))
  return {
    connect: async () => {
      for (;;) {
        const client = await markPostgresErrors(() => pool.connect())
        if (opened.get(client) === generation) return client
        client.release(true)
      }
    },
    renew: (client) => {
      if (opened.get(client) === generation) generation += 1
    },
  }
}
