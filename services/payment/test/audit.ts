/** Compares the two sides: what our books say of each order, and what the gateway's ledger says. */
import type { Sql } from '@quadrille/postgres'

export interface Account {
  readonly orderId: string
  readonly status: string
  readonly cancelled: boolean
  readonly captured: number
  readonly refunded: number
  readonly byHand: boolean
  readonly gatewayCaptured: number
  readonly gatewayRefunded: number
  readonly captures: number
  readonly refunds: number
}

const accounts = (sql: Sql, orderId: string | null): Promise<Account[]> =>
  sql.query<Account>(
    `select payment.order_id as "orderId", payment.status, cancelled, payment.captured, payment.refunded,
            manual_reference is not null as "byHand",
            coalesce(sum(intent.captured), 0)::bigint as "gatewayCaptured",
            coalesce(sum(intent.refunded), 0)::bigint as "gatewayRefunded",
            coalesce(sum(capture_count), 0)::integer as captures, coalesce(sum(refund_count), 0)::integer as refunds
     from payment left join gateway.intent on intent.order_id = payment.order_id
     where $1::uuid is null or payment.order_id = $1
     group by payment.order_id`,
    [orderId],
  )

/** What is wrong when all is at rest, one line each: with one order, or with any. */
export const audit = async (sql: Sql, orderId: string | null = null): Promise<string[]> =>
  (await accounts(sql, orderId)).flatMap(faultsOf)

const faultsOf = (account: Account): string[] => {
  const { captured, refunded, gatewayCaptured, gatewayRefunded, captures, refunds, byHand, cancelled, status } = account
  const faults = {
    'was captured more than once': captures > 1,
    'was refunded more than once': refunds + (byHand ? 1 : 0) > 1,
    'is captured otherwise at the gateway': captured !== gatewayCaptured,
    'is refunded otherwise at the gateway': (byHand ? 0 : refunded) !== gatewayRefunded,
    'is cancelled, and its money kept': cancelled && captured !== refunded && status !== 'refund_failed',
    'was given back, and is not cancelled': !cancelled && refunded !== 0,
    'is not at rest': ['pending', 'cancelling', 'refunding'].includes(status),
  }
  return Object.entries(faults).flatMap(([fault, isSo]) => (isSo ? [`${status} ${account.orderId} ${fault}`] : []))
}
