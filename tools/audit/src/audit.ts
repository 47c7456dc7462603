import type { Ledger } from '@quadrille/payment/gateway'
import { examine } from './examine.ts'
import type { ExternalFacts } from './external-facts.ts'
import type { Report } from './report.ts'
import { type Databases, withDatabases } from './snapshots.ts'

export interface Sources extends ExternalFacts {
  readonly databases: Databases
  /** The gateway's ledger. Default: none, and the gateway is not checked. */
  readonly ledger?: Ledger | null
}

/**
 * Checks the invariants of a system at rest: unfinished work is a violation. It only reads, and holds two slices of
 * 10,000 orders at a time in memory, about 2 kB each.
 * @throws the driver's error if a database or the ledger can't be read.
 */
export const audit = ({ databases, ledger, ...facts }: Sources): Promise<Report> =>
  withDatabases(databases, (onSnapshots) =>
    onSnapshots((snapshots) => examine({ snapshots, facts, ledger, atRest: true })),
  )
