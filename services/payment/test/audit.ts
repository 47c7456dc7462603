/** Compares payment's records of each order with the gateway's ledger. */
import type { Sql } from '@quadrille/postgres'
import type { LedgerEntry } from '../src/gateway/gateway.ts'
import { simulatedLedger } from '../src/gateway/open-ledger.ts'

interface Account {
  readonly orderId: string
  readonly status: string
  readonly cancelled: boolean
  readonly captured: number
  readonly refunded: number
  readonly byHand: boolean
}

const accounts = (sql: Sql, orderId: string | null): Promise<Account[]> =>
  sql.query<Account>(
    `select order_id as "orderId", status, cancelled, captured, refunded, manual_reference is not null as "byHand"
     from payment where $1::uuid is null or order_id = $1`,
    [orderId],
  )

/** The violations at rest, one line each: of one order, or of all. */
export const audit = async (sql: Sql, orderId: string | null = null): Promise<string[]> => {
  const ours = await accounts(sql, orderId)
  const entries = await simulatedLedger(sql).readLedger({ orderIds: ours.map((account) => account.orderId) })
  const theirs = new Map(entries.map((entry) => [entry.orderId, entry]))
  return ours.flatMap((account) => faultsOf(account, theirs.get(account.orderId) ?? nothing))
}

const nothing = { captured: 0, refunded: 0, captures: 0, refunds: 0 }

const faultsOf = (
  { orderId, status, cancelled, captured, refunded, byHand }: Account,
  theirs: Pick<LedgerEntry, keyof typeof nothing>,
): string[] => {
  const faults = {
    'was captured more than once': theirs.captures > 1,
    'was refunded more than once': theirs.refunds + (byHand ? 1 : 0) > 1,
    "differs from the gateway's capture": captured !== theirs.captured,
    "differs from the gateway's refund": (byHand ? 0 : refunded) !== theirs.refunded,
    'is cancelled, and its money is kept': cancelled && captured !== refunded && status !== 'refund_failed',
    'was refunded, and is not cancelled': !cancelled && refunded !== 0,
    'is not at rest': ['pending', 'cancelling', 'refunding'].includes(status),
  }
  return Object.entries(faults).flatMap(([fault, isSo]) => (isSo ? [`${status} ${orderId} ${fault}`] : []))
}
