import { setTimeout as pause } from 'node:timers/promises'
import { batching } from '@quadrille/async'
import type { Database } from '@quadrille/postgres'
import type { About } from '../domain/notification.ts'
import type { Books, Claim } from '../tasks/notify.ts'
import { claimNotifications, releaseNotifications } from './notification-table.ts'

export interface BooksOptions {
  /** How long a claim holds, ms. */
  readonly claimMs: number
}

/** How long a claim waits for a row that another session holds, ms. The reactions hold one for milliseconds. */
const waitMs = 500
const pauseMs = 20

/** The books in Postgres: those who ask while a statement runs share the next one. */
export const openBooks = (database: Database, { claimMs }: BooksOptions): Books => ({
  claim: waiting(
    batching(async (asked: readonly About[]) => {
      const begunMs = performance.now() // before Postgres counts, so that the claim ends here sooner than there
      const pending = await claimNotifications(database, asked, claimMs)
      const found = new Map(pending.map((row) => [keyOf(row), row]))
      const claim = (about: About): Answer => {
        const key = keyOf(about)
        const row = found.get(key)
        if (row === undefined) return 'over'
        if (row.until === null) return row.locked ? 'locked' : 'taken'
        found.set(key, { ...row, until: null }) // asked for twice in one statement, it is given once
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

/** Asks again while the row is locked. One that stays locked counts as taken: something is happening to it. */
const waiting =
  (ask: (about: About) => Promise<Answer>): Books['claim'] =>
  async (about) => {
    for (const deadline = performance.now() + waitMs; ; await pause(Math.random() * pauseMs)) {
      const answer = await ask(about)
      if (answer !== 'locked') return answer
      if (performance.now() > deadline) return 'taken'
    }
  }

const keyOf = ({ orderId, channel, occasion }: About): string => `${orderId}:${channel}:${occasion}`
