import { setTimeout as pause } from 'node:timers/promises'
import { batching } from '@quadrille/async'
import type { Database } from '@quadrille/postgres'
import type { About } from '../domain/notification.ts'
import type { Claim, NotificationStore } from '../tasks/notify.ts'
import { claimNotifications, releaseNotifications } from './notification-table.ts'

export interface NotificationStoreOptions {
  /** How long a claim is valid, ms. */
  readonly claimMs: number
}

/** How long a claim waits for a row that another session has locked, ms. Reactions lock a row for milliseconds. */
const waitMs = 500
const pauseMs = 20

/** The notifications in Postgres. Calls that arrive while a statement runs share the next statement. */
export const openNotificationStore = (
  database: Database,
  { claimMs }: NotificationStoreOptions,
): NotificationStore => ({
  claim: waiting(
    batching(async (asked: readonly About[]) => {
      const begunMs = performance.now() // before Postgres starts to count, so that the claim expires here earlier than there
      const pending = await claimNotifications(database, asked, claimMs)
      const found = new Map(pending.map((row) => [keyOf(row), row]))
      const claim = (about: About): Answer => {
        const key = keyOf(about)
        const row = found.get(key)
        if (row === undefined) return 'over'
        if (row.until === null) return row.locked ? 'locked' : 'taken'
        found.set(key, { ...row, until: null }) // if two calls of one statement want it, one gets it
        return { ...about, until: row.until, leftMs: () => begunMs + claimMs - performance.now() }
      }
      return asked.map(claim)
    }),
  ),
  release: batching(async (claims) => {
    await releaseNotifications(database, claims)
    return claims.map(() => undefined)
  }),
})

type Answer = Claim | 'over' | 'taken' | 'locked'

/**
 * Claims again while the row is locked. A row that stays locked counts as taken, because another session is changing
 * it.
 */
const waiting =
  (ask: (about: About) => Promise<Answer>): NotificationStore['claim'] =>
  async (about) => {
    for (const deadline = performance.now() + waitMs; ; await pause(Math.random() * pauseMs)) {
      const answer = await ask(about)
      if (answer !== 'locked') return answer
      if (performance.now() > deadline) return 'taken'
    }
  }

const keyOf = ({ orderId, channel, occasion }: About): string => `${orderId}:${channel}:${occasion}`
