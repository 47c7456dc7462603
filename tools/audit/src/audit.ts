import { examine } from './examine.ts'
import type { Report } from './report.ts'
import { type Databases, withDatabases } from './snapshots.ts'
import type { Witness } from './witness.ts'

export interface Sources extends Witness {
  readonly databases: Databases
}

/**
 * Checks the invariants of a system at rest: what is unfinished counts as broken. It can write nothing, and holds 10,000 orders
 * at a time in memory, about 2 kB each.
 * @throws the driver's error where a database can't be read.
 */
export const audit = ({ databases, ...witness }: Sources): Promise<Report> =>
  withDatabases(databases, (onSnapshots) => onSnapshots((snapshots) => examine({ snapshots, witness, atRest: true })))
