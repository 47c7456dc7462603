/** Read-only access to the gateway's ledger, for the audit and for tests. */
import { openDatabase, type Sql } from '@quadrille/postgres'
import type { Ledger } from './gateway.ts'
import { readEntries } from './simulated/intent-table.ts'

export interface OpenLedger extends Ledger, AsyncDisposable {}

export interface LedgerSource {
  /** The value of GATEWAY in the payment service. Default: `simulated`, as in the service. */
  readonly gateway?: string | undefined
  /** Payment's database, which holds the ledger of the simulated gateway. */
  readonly databaseUrl: string
}

/** The audit reads large parts of a table. */
const statementTimeoutMs = 300_000

/**
 * Opens the ledger of a gateway. Returns null if this version can't read the ledger of that gateway. The caller disposes
 * of it.
 */
export const openLedger = ({ gateway = 'simulated', databaseUrl }: LedgerSource): OpenLedger | null => {
  if (gateway !== 'simulated') return null
  const database = openDatabase({
    url: databaseUrl,
    applicationName: 'quadrille-ledger',
    max: 1,
    statementTimeoutMs,
    onIdleError: () => undefined, // the next statement connects again
  })
  return { ...simulatedLedger(database), [Symbol.asyncDispose]: () => database.end() }
}

/** The ledger of the simulated gateway, read through `sql`, for example within the snapshot of a transaction. */
export const simulatedLedger = (sql: Sql): Ledger => ({ readLedger: (orders) => readEntries(sql, orders) })
