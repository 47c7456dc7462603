/** The table `addressee`: one statement per function. */
import type { Occasion } from '@quadrille/events'
import { parameterTable, type Sql, type Statement } from '@quadrille/postgres'
import type { Addressee, NotedParcel } from '../domain/notification-log.ts'

/** The columns about the recipient are null until the recipient is known; the table checks it. */
interface AddresseeRow {
  readonly order_id: string
  readonly customer_id: string | null
  readonly email: string
  readonly currency: string
  readonly total: number
  readonly occasions: readonly Occasion[]
  /** Null without parcels. */
  readonly parcels: readonly NotedParcel[] | null
}

/** Locks the addressees of the claimed orders, in the order of the ids, until the transaction ends. */
export const lockAddressees = async (sql: Sql, claimedSql: string): Promise<Addressee[]> => {
  const rows = await sql.query<AddresseeRow>(
    `select order_id, customer_id, email, currency, total, occasions, parcels
     from addressee where order_id = any(${claimedSql}) order by order_id for update`,
  )
  return rows.map(toAddressee)
}

/** The occasions of an addressee are separated by commas. */
const given = parameterTable({
  order_id: 'uuid',
  customer_id: 'text',
  email: 'text',
  currency: 'text',
  total: 'bigint',
  occasions: 'text',
  parcels: 'jsonb',
})

/** @throws a unique violation if another transaction was faster. */
export const insertAddressees = (addressees: readonly Addressee[]): Statement => ({
  text: `insert into addressee (order_id, customer_id, email, currency, total, occasions, parcels)
    select order_id, customer_id, email, currency, total, string_to_array(occasions, ','), parcels
    from ${given.sql} as given order by order_id`,
  values: given.values(addressees.map(toRow)),
})

/** Writes addressees that this transaction has locked. */
export const updateAddressees = (addressees: readonly Addressee[]): Statement => ({
  text: `update addressee
    set customer_id = given.customer_id, email = given.email, currency = given.currency, total = given.total,
        occasions = string_to_array(given.occasions, ','), parcels = given.parcels
    from ${given.sql} as given where addressee.order_id = given.order_id`,
  values: given.values(addressees.map(toRow)),
})

const toRow = ({ orderId, recipient, occasions, parcels }: Addressee) => ({
  order_id: orderId,
  customer_id: recipient?.customer.id ?? null,
  email: recipient?.customer.email ?? null,
  currency: recipient?.currency ?? null,
  total: recipient?.total ?? null,
  occasions: occasions.join(','),
  parcels: parcels.length > 0 ? JSON.stringify(parcels) : null,
})

const toAddressee = (row: AddresseeRow): Addressee => {
  const { order_id, customer_id, email, currency, total, occasions, parcels } = row
  return {
    orderId: order_id,
    recipient: customer_id === null ? null : { customer: { id: customer_id, email }, currency, total },
    occasions,
    parcels: parcels ?? [],
  }
}
