/**
 * The audit checks that every accepted order has ended exactly once, and that money and stock add up. It compares the
 * databases of all services with each other and with the gateway's ledger. Of the services' code it uses only
 * the adapter that reads the gateway's ledger, so that it does not share their bugs.
 */
export { audit, type Sources } from './audit.ts'
export { auditLive, type LiveSources } from './audit-live.ts'
export { databaseVariableOf, findLocations } from './command/locations.ts'
export type { AcceptedOrder, Answer, Ending, ExternalFacts } from './external-facts.ts'
export { formatReport } from './format.ts'
export { isEmptyQueue, type Queues, queueDepths } from './queue-depths.ts'
export { ofService } from './reason.ts'
export { readHistories } from './records/history-record.ts'
export { parcelTime } from './records/parcel-time.ts'
export type { Finding, Report, Violation } from './report.ts'
export { type Selection, slices, withIds } from './selection.ts'
export type { Databases } from './snapshots.ts'
