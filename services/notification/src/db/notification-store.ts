import { setTimeout as pause } from 'node:timers/promises'
import { batching } from '@quadrille/async'
import type { Database } from '@quadrille/postgres'
import type { NotificationKey } from '../domain/notification.ts'
import type { Claim, NotificationStore } from '../tasks/notify.ts'
import { claimNotifications, findPending, releaseNotifications } from './notification-table.ts'

export interface NotificationStoreOptions {
  /** How long a claim is valid, ms. */
  readonly claimMs: number
}

/** How long `claim` waits for a row that another session has locked, ms. Reactions lock a row for milliseconds. */
const lockTimeoutMs = 500
const maxPauseMs = 20

/** The notifications in Postgres. Calls that arrive while a statement runs share the next statement. */
export const openNotificationStore = (
  database: Database,
  { claimMs }: NotificationStoreOptions,
): NotificationStore => ({
  claim: retryWhileLocked(
    batching(async (keys: readonly NotificationKey[]) => {
      const startedMs = performance.now() // before Postgres sets the end of the claim, so that the claim expires here first
      const distinct = [...new Map(keys.map((key) => [textOf(key), key])).values()]
      const made = await claimNotifications(database, distinct, claimMs)
      const claims = new Map(made.map((claim) => [textOf(claim), claim.until]))
      const pending = made.length < keys.length ? await findPending(database, distinct) : []
      const taken = new Map(pending.map((row) => [textOf(row), row.taken]))
      return keys.map((key): ClaimResult => {
        const until = claims.get(textOf(key))
        claims.delete(textOf(key)) // if two calls share the statement, one of them gets the claim
        if (until !== undefined) return { ...key, until, leftMs: () => startedMs + claimMs - performance.now() }
        const isTaken = taken.get(textOf(key))
        if (isTaken === undefined) return 'not_pending'
        return isTaken ? 'taken' : 'locked'
      })
    }),
  ),
  release: batching(async (claims) => {
    await releaseNotifications(database, claims)
    return claims.map(() => undefined)
  }),
})

type ClaimResult = Claim | 'not_pending' | 'taken' | 'locked'

/** Retries while the row is locked. After `lockTimeoutMs` the notification counts as taken. */
const retryWhileLocked =
  (tryClaim: (key: NotificationKey) => Promise<ClaimResult>): NotificationStore['claim'] =>
  async (key) => {
    for (const deadline = performance.now() + lockTimeoutMs; ; await pause(Math.random() * maxPauseMs)) {
      const result = await tryClaim(key)
      if (result !== 'locked') return result
      if (performance.now() > deadline) return 'taken'
    }
  }

const textOf = ({ orderId, channel, occasion }: NotificationKey): string => `${orderId}:${channel}:${occasion}`
