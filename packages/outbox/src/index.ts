/**
 * Inbox and outbox in Postgres, the relay that publishes the outbox to the broker, and the other tables that each service
 * has beside its state: waiting deliveries, rate limits, readable versions, and the broker in use.
 */
import type { Migrations } from '@quadrille/postgres'

export { findBrokerChange, type Moving, moveRetries, recordBroker } from './change-of-broker.ts'
export { type InboxEntry, type InboxKey, inboxKey, insertInbox, purgeInbox, readInbox } from './inbox.ts'
export { insertVerbatim } from './insert-verbatim.ts'
export { type Backlog, type Inserted, insertOutbox, type Outgoing } from './outbox.ts'
export { type Granted, insertRateLimits, type RateLimit, takePermits } from './rate-limit-table.ts'
export { findReadableVersions, insertReadableVersions, lowerReadableVersions } from './readable-version-table.ts'
export { type Handoff, Relay } from './relay.ts'
export type { RelayOptions, StoreUnsendable, UnsendableMessage } from './relay-options.ts'
export { retryTable } from './retry-table.ts'
export { checkService, claimDatabase, DatabaseOfAnotherService } from './service-table.ts'
export { findInOutbox, findInRetry, type WaitingMessage, type WaitingRow, withCause } from './waiting-messages.ts'

/** The tables that every service's database has, dead letters among them. */
export const outboxMigrations: Migrations = {
  directory: new URL('../migrations/', import.meta.url),
  table: 'outbox_migration',
}
