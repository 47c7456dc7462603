import { batching, type Database } from '@quadrille/postgres'
import type { About } from '../domain/notification.ts'
import type { Books, Claim } from '../tasks/notify.ts'
import { claimNotifications, releaseNotifications } from './notification-table.ts'

export interface BooksOptions {
  /** How long a claim holds, ms. */
  readonly claimMs: number
}

/** The books in Postgres: those who ask while a statement runs share the next one. */
export const openBooks = (database: Database, { claimMs }: BooksOptions): Books => ({
  claim: batching(async (asked) => {
    const begunMs = performance.now() // before Postgres counts, so that the claim ends here sooner than there
    const pending = await claimNotifications(database, asked, claimMs)
    const found = new Map(pending.map((row) => [keyOf(row), row.until]))
    const claim = (about: About): Claim | 'over' | 'taken' => {
      const until = found.get(keyOf(about))
      if (until === undefined) return 'over'
      found.set(keyOf(about), null) // asked for twice in one statement, it is given once
      return until === null ? 'taken' : { ...about, until, leftMs: () => begunMs + claimMs - performance.now() }
    }
    return asked.map(claim)
  }),
  release: batching(async (claims) => {
    await releaseNotifications(database, claims)
    return claims.map(() => undefined)
  }),
})

const keyOf = ({ orderId, channel, occasion }: About): string => `${orderId}:${channel}:${occasion}`
