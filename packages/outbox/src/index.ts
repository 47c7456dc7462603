/** Inbox and outbox in Postgres, and the relay that brings the outbox to the broker. */
import type { Migrations } from '@quadrille/postgres'

export { enterInbox, type InboxEntry, leaveInbox, readInbox } from './inbox.ts'
export type { Backlog, Outgoing } from './outbox.ts'
export { type Handoff, Relay, type RelayOptions } from './relay.ts'
export { retryTable } from './retry-table.ts'
export { findInOutbox, findInRetry, type WaitingMessage } from './whereabouts.ts'

/** The tables of this package, in every service's database. */
export const outboxMigrations: Migrations = {
  directory: new URL('../migrations/', import.meta.url),
  table: 'outbox_migration',
}
