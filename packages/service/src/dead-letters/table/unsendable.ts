/** Stores messages of the outbox that can't be sent as dead letters. */
import type { StoreUnsendable } from '@quadrille/outbox'
import { recordUnsendable } from './operations.ts'
import { deadLetterTable } from './store.ts'

/** Stores the dead letters. If a replay becomes a dead letter again, `service` is recorded as the operator. */
export const storeUnsendable =
  (service: string): StoreUnsendable =>
  async (sql, unsendable) => {
    await deadLetterTable(sql).add(unsendable.map(({ deadLetter }) => deadLetter))
    const replays = unsendable.filter(({ replayOf }) => replayOf !== null)
    if (replays.length > 0) await recordUnsendable(sql, service, replays)
  }
