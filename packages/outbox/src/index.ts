/** Inbox and outbox in Postgres, the relay that brings the outbox to the broker, and what waits or is given up. */
import type { Migrations } from '@quadrille/postgres'

export type { LetterFilter, LetterStatus } from './dead-letters/filter.ts'
export type { ParkedLetter, WholeLetter } from './dead-letters/letter.ts'
export {
  countParked,
  getLetter,
  groupLetters,
  type LetterGroup,
  type LetterPage,
  listLetters,
  type ParkedCount,
} from './dead-letters/reading.ts'
export {
  type Operation,
  operationsOf,
  type RecordedOperation,
  recordOperations,
  type Settlement,
  settleLetters,
} from './dead-letters/settling.ts'
export { deadLetterTable } from './dead-letters/store.ts'
export { traceIdOf } from './dead-letters/trace-id.ts'
export { enterInbox, type InboxEntry, leaveInbox, readInbox } from './inbox.ts'
export { type Backlog, insertOutbox, type Outgoing } from './outbox.ts'
export { findReadableVersions, insertReadableVersions, type ReadableVersions } from './readable-version-table.ts'
export { type Handoff, Relay } from './relay.ts'
export type { RelayOptions } from './relay-options.ts'
export { insertReplays, type Replaying } from './replay.ts'
export { forgetInbox, forgetLetters, type Step } from './retention.ts'
export { retryTable } from './retry-table.ts'
export { beginSuspect, endSuspect } from './suspect-table.ts'
export { findInDeadLetters, findInOutbox, findInRetry, type WaitingMessage } from './whereabouts.ts'

/** The tables of this package, in every service's database. */
export const outboxMigrations: Migrations = {
  directory: new URL('../migrations/', import.meta.url),
  table: 'outbox_migration',
}
