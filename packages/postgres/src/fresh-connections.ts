import type { Pool, PoolClient } from 'pg'
import { againstPostgres } from './fault.ts'

export interface FreshConnections {
  /** A connection of the pool that holds no plan from before the last `renew`. */
  connect(): Promise<PoolClient>
  /**
   * A plan on this connection is stale: has every connection that is open now closed instead of used again. Does nothing for a
   * connection from before the last time, whose plans say nothing of the connections that were opened since.
   */
  renew(client: PoolClient): void
}

/**
 * The connections of a pool, replaced as a whole when the plans of their prepared statements have become stale: the same
 * migration has made them stale on all connections, and the driver prepares a statement once per connection.
 */
export const freshConnections = (pool: Pool): FreshConnections => {
  let generation = 0
  const opened = new WeakMap<PoolClient, number>()
  pool.on('connect', (client) => opened.set(client, generation))
  return {
    connect: async () => {
      for (;;) {
        const client = await againstPostgres(() => pool.connect())
        if (opened.get(client) === generation) return client
        client.release(true)
      }
    },
    renew: (client) => {
      if (opened.get(client) === generation) generation += 1
    },
  }
}
