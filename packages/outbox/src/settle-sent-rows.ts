/** Removes rows from the outbox whose sending has ended: confirmed ones, and those that the broker refuses. */
import { type Alarm, pause } from '@quadrille/async'
import { deleteOutbox } from './outbox.ts'
import type { RelayOptions } from './relay-options.ts'
import type { RowSender } from './row-sender.ts'
import { settleRefused } from './unsendable.ts'

export interface SentRowsOptions extends Required<RelayOptions> {
  readonly sender: RowSender
  /** Rings when the sending of a row has ended. */
  readonly outcomes: Alarm
}

/** How long confirmed rows wait for others before they are deleted together, ms. Much shorter than a lease. */
const deleteAfterMs = 250
/** The longest pause without an outcome, ms. */
const untilRungMs = 60_000
/** The maximum number of refused rows in one transaction. Small, because each row may have the maximum size of a message. */
const refusedBatch = 20

/**
 * Runs until the signal aborts. Deletes confirmed rows in bulk, because a statement costs almost the same for one row as for many. If a
 * crash leaves a row behind, it is sent again, and the inboxes recognize it.
 */
export const settleSentRows = async (options: SentRowsOptions, signal: AbortSignal): Promise<void> => {
  const report = (error: unknown) => {
    options.onError(error, 'delete')
    return false
  }
  let more = false
  while (!signal.aborted) {
    await options.outcomes.pause(untilRungMs, signal)
    if (!more) await pause(deleteAfterMs, signal)
    await deleteConfirmed(options).catch(report)
    more = await settleRefusedRows(options).catch(report)
  }
}

const deleteConfirmed = async ({ database, sender }: SentRowsOptions): Promise<void> => {
  const seqs = sender.takeConfirmed()
  if (seqs.length === 0) return
  try {
    await deleteOutbox(database, seqs)
  } finally {
    sender.forget(seqs) // rows that could not be deleted are sent again
  }
}

/** True if there may be more. They keep other rows out of the window, so they are settled without a pause. */
const settleRefusedRows = async (options: SentRowsOptions): Promise<boolean> => {
  const { database, sender, outcomes, storeUnsendable, maxSendAttempts, leaseMs, onUnsendable, redactText } = options
  const refused = sender.takeRefused(refusedBatch)
  const more = refused.length === refusedBatch
  if (refused.length === 0) return more
  if (more) outcomes.ring()
  try {
    const deadLetters = await settleRefused(database, refused, {
      store: storeUnsendable,
      maxAttempts: maxSendAttempts,
      pauseMs: leaseMs,
      redactText,
    })
    if (deadLetters.length > 0) onUnsendable(deadLetters)
    return more
  } finally {
    sender.forget(refused.map(({ row }) => row.seq))
  }
}
