import type { Records } from './records/records.ts'
import type { Snapshots } from './snapshots.ts'
import type { Witness } from './witness.ts'

/** What an audit is made on. */
export interface Evidence {
  /** A snapshot of each service's database. */
  readonly snapshots: Snapshots
  /** What several invariants look at, by order id. */
  readonly records: Records
  /** What is known outside of the databases. */
  readonly witness: Witness
}
