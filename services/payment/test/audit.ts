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

/** Returns the violations after all work is done, one line each, for one order or for all orders. */
export const audit = async (sql: Sql, orderId: string | null = null): Promise<string[]> => {
  const ours = await accounts(sql, orderId)
  const entries = await simulatedLedger(sql).readLedger({ orderIds: ours.map((account) => account.orderId) })
  const theirs = new Map(entries.map((entry) => [entry.orderId, entry]))
  return ours.flatMap((account) => violationsOf(account, theirs.get(account.orderId) ?? nothing))
}

const nothing = { captured: 0, refunded: 0, captures: 0, refunds: 0 }

const violationsOf = (
  { orderId, status, cancelled, captured, refunded, byHand }: Account,
  theirs: Pick<LedgerEntry, keyof typeof nothing>,
): string[] => {
  const violations = {
    'was captured more than once': theirs.captures > 1,
    'was refunded more than once': theirs.refunds + (byHand ? 1 : 0) > 1,
    "differs from the gateway's capture": captured !== theirs.captured,
    "differs from the gateway's refund": (byHand ? 0 : refunded) !== theirs.refunded,
    'is cancelled, but not refunded': cancelled && captured !== refunded && status !== 'refund_failed',
    'was refunded, but is not cancelled': !cancelled && refunded !== 0,
    'still has open work': ['pending', 'cancelling', 'refunding'].includes(status),
  }
  return Object.entries(violations).flatMap(([text, found]) => (found ? [`${status} ${orderId} ${text}`] : []))
}
