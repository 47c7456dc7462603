/** The table `addressee`: one statement per function. */
import type { Sql, Statement } from '@quadrille/postgres'
import type { Addressee } from '../domain/notification-log.ts'

/** Locks the addressees of the claimed orders, in the order of the ids, until the transaction ends. */
export const lockAddressees = (sql: Sql, claimed: string): Promise<Addressee[]> =>
  sql.query<Addressee>(
    `select order_id as "orderId", to_jsonb(occasions) as occasions,
            case when customer_id is not null then jsonb_build_object(
              'customer', jsonb_build_object('id', customer_id, 'email', email), 'currency', currency, 'total', total
            ) end as recipient
     from addressee where order_id = any(${claimed}) order by order_id for update`,
  )

/** @throws a unique violation if another transaction was faster. */
export const insertAddressees = (addressees: readonly Addressee[]): Statement => ({
  text: `insert into addressee (order_id, customer_id, email, currency, total, occasions)
    select order_id, customer_id, email, currency, total, occasions from jsonb_to_recordset($1)
      as fresh (order_id uuid, customer_id text, email text, currency text, total bigint, occasions text[])
    order by order_id`,
  values: [toJson(addressees)],
})

/** Writes addressees that this transaction has locked. */
export const updateAddressees = (addressees: readonly Addressee[]): Statement => ({
  text: `update addressee
    set customer_id = changed.customer_id, email = changed.email, currency = changed.currency,
        total = changed.total, occasions = changed.occasions
    from jsonb_to_recordset($1)
      as changed (order_id uuid, customer_id text, email text, currency text, total bigint, occasions text[])
    where addressee.order_id = changed.order_id`,
  values: [toJson(addressees)],
})

const toJson = (addressees: readonly Addressee[]): string =>
  JSON.stringify(
    addressees.map(({ orderId, recipient, occasions }) => ({
      order_id: orderId,
      customer_id: recipient?.customer.id,
      email: recipient?.customer.email,
      currency: recipient?.currency,
      total: recipient?.total,
      occasions,
    })),
  )
