import { batching } from '@quadrille/async'
import { type Database, retryWhileLocked } from '@quadrille/postgres'
import type { NotificationKey } from '../domain/notification.ts'
import type { Claim, NotificationStore } from '../tasks/notify.ts'
import { claimNotifications, findPending, releaseNotifications } from './notification-table.ts'

export interface NotificationStoreOptions {
  /** How long a claim is valid, ms. */
  readonly claimMs: number
}

/** The notifications in Postgres. Calls that arrive while a statement runs share the next statement. */
export const openNotificationStore = (database: Database, { claimMs }: NotificationStoreOptions): NotificationStore => {
  const claim = batching((keys: readonly NotificationKey[]) => claimAll(database, keys, claimMs))
  return {
    claim: (key) => retryWhileLocked(() => claim(key), `the notification ${textOf(key)}`),
    release: batching(async (claims) => {
      await releaseNotifications(database, claims)
      return claims.map(() => undefined)
    }),
  }
}

type ClaimResult = Claim | 'not_pending' | 'taken' | 'locked'

/** `locked`: another session has locked the notification. */
const claimAll = async (
  database: Database,
  keys: readonly NotificationKey[],
  claimMs: number,
): Promise<ClaimResult[]> => {
  const startedMs = performance.now() // before Postgres sets the end of the claim, so that the claim expires here first
  const distinct = [...new Map(keys.map((key) => [textOf(key), key])).values()]
  const made = await claimNotifications(database, distinct, claimMs)
  const claims = new Map(made.map((claim) => [textOf(claim), claim.until]))
  const pending = made.length < keys.length ? await findPending(database, distinct) : []
  const taken = new Map(pending.map((row) => [textOf(row), row.taken]))
  return keys.map((key) => {
    const until = claims.get(textOf(key))
    claims.delete(textOf(key)) // if two calls share the statement, one of them gets the claim
    if (until !== undefined) return { ...key, until, leftMs: () => startedMs + claimMs - performance.now() }
    const isTaken = taken.get(textOf(key))
    if (isTaken === undefined) return 'not_pending'
    return isTaken ? 'taken' : 'locked'
  })
}

const textOf = ({ orderId, channel, occasion }: NotificationKey): string => `${orderId}:${channel}:${occasion}`
