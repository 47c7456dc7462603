import { batching } from '@quadrille/async'
import type { Database } from '@quadrille/postgres'
import { retryWhileLocked } from '@quadrille/service'
import { keyOf, type NotificationKey } from '../domain/notification.ts'
import type { Lease, NotificationStore } from '../tasks/notify.ts'
import { findPending, leaseNotifications, releaseNotifications } from './notification-table.ts'

/** The notifications in Postgres. Calls that wait for a statement share the next one. A lease is valid for `leaseMs`. */
export const openNotificationStore = (
  database: Database,
  { leaseMs }: { readonly leaseMs: number },
): NotificationStore => {
  const acquire = batching((keys: readonly NotificationKey[]) => acquireAll(database, keys, leaseMs))
  return {
    acquire: (key) => retryWhileLocked(() => acquire(key), `the notification ${keyOf(key)}`),
    release: batching(async (leases) => {
      await releaseNotifications(database, leases)
      return leases.map(() => undefined)
    }),
  }
}

type AcquireResult = Lease | 'not_pending' | 'taken' | 'locked'

/** `locked`: another session has locked the notification. */
const acquireAll = async (
  database: Database,
  keys: readonly NotificationKey[],
  leaseMs: number,
): Promise<AcquireResult[]> => {
  const startedMs = performance.now() // before Postgres sets the end of the lease, so that the lease expires here first
  const distinct = [...new Map(keys.map((key) => [keyOf(key), key])).values()]
  const made = await leaseNotifications(database, distinct, leaseMs)
  const leases = new Map(made.map((lease) => [keyOf(lease), lease]))
  const pending = made.length < keys.length ? await findPending(database, distinct) : []
  const taken = new Map(pending.map((row) => [keyOf(row), row.taken]))
  return keys.map((key) => {
    const lease = leases.get(keyOf(key))
    leases.delete(keyOf(key)) // if two calls share the statement, one of them gets the lease
    if (lease) return { ...lease, leftMs: () => startedMs + leaseMs - performance.now() }
    const isTaken = taken.get(keyOf(key))
    if (isTaken === undefined) return 'not_pending'
    return isTaken ? 'taken' : 'locked'
  })
}
