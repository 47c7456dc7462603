import type { Pool, PoolClient } from 'pg'
import { isReadOnly, isStalePlan, markPostgresErrors } from './fault.ts'

export interface FreshConnections {
  /** A connection that was opened after the last renewal, so it has no older plans. */
  connect(): Promise<PoolClient>
  /**
   * Renews the connections if this error, reported on one of them, is a stale plan or a read-only session: all that are open now
   * are closed instead of reused. Does nothing if this connection was opened before the last renewal, because newer ones are
   * not affected.
   */
  renewAfter(error: unknown, client: PoolClient): void
}

/** A database may be read-only for a long time. Its connections are then not renewed more often than this, ms. */
const readOnlyRenewalEveryMs = 1_000

/**
 * The connections of a pool, replaced as a whole when the plans of prepared statements have become stale: the same
 * migration makes them stale on all connections, and the driver prepares a statement once per connection. They are also
 * replaced when the database was read-only, because its sessions stay so.
 */
export const freshConnections = (pool: Pool): FreshConnections => {
  let generation = 0
  let renewedAtMs = Number.NEGATIVE_INFINITY
  const opened = new WeakMap<PoolClient, number>()
  pool.on('connect', (client) => opened.set(client, generation))
  const needsRenewal = (error: unknown): boolean =>
    isStalePlan(error) || (isReadOnly(error) && performance.now() - renewedAtMs >= readOnlyRenewalEveryMs)
  return {
    connect: async () => {
      for (;;) {
        const client = await markPostgresErrors(() => pool.connect())
        if (opened.get(client) === generation) return client
        client.release(true)
      }
    },
    renewAfter: (error, client) => {
      if (opened.get(client) !== generation || !needsRenewal(error)) return
      generation += 1
      renewedAtMs = performance.now()
    },
  }
}
