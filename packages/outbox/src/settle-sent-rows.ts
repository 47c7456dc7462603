/** Removes rows from the outbox whose sending has ended: confirmed ones, and those that the broker refuses. */
import { type Alarm, pause } from '@quadrille/async'
import { deleteOutbox } from './outbox.ts'
import type { RelayOptions } from './relay-options.ts'
import type { RowSender } from './row-sender.ts'
import { type Refused, settleRefused } from './unsendable.ts'

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
  const report = (error: unknown) => options.onError(error, 'delete')
  while (!signal.aborted) {
    await options.outcomes.pause(untilRungMs, signal)
    await pause(deleteAfterMs, signal)
    let refused: Refused[]
    do {
      await deleteConfirmed(options).catch(report)
      refused = options.sender.takeRefused(refusedBatch)
      await settle(refused, options).catch(report)
      // There may be more. They keep other rows out of the window, so they are settled without a pause.
    } while (refused.length === refusedBatch && !signal.aborted)
  }
}

const deleteConfirmed = async ({ database, sender }: SentRowsOptions): Promise<void> => {
  const confirmed = sender.takeConfirmed()
  if (confirmed.length === 0) return
  try {
    await deleteOutbox(database, confirmed)
  } finally {
    sender.forget(confirmed) // rows that could not be deleted are sent again
  }
}

const settle = async (refused: readonly Refused[], options: SentRowsOptions): Promise<void> => {
  const { sender, onUnsendable } = options
  if (refused.length === 0) return
  try {
    const deadLetters = await settleRefused(refused, options)
    if (deadLetters.length > 0) onUnsendable(deadLetters)
  } finally {
    sender.forget(refused.map(({ row }) => row))
  }
}
