/** The tables `shipment` and `parcel`: one statement per function. */
import type { TraceContext } from '@quadrille/messages'
import { parameterTable, type Sql, type Statement } from '@quadrille/postgres'
import type { Parcel, Shipment, ShipmentStatus } from '../domain/shipment.ts'

export interface ShipmentRow {
  readonly orderId: string
  readonly status: ShipmentStatus
}

/** Locks the shipments of the claimed orders, in the order of their ids, until the transaction ends. */
export const lockShipments = (sql: Sql, claimedSql: string): Promise<ShipmentRow[]> =>
  sql.query<ShipmentRow>(
    `select order_id as "orderId", status from shipment where order_id = any(${claimedSql}) order by order_id for update`,
  )

const parcelColumns = `id, order_id as "orderId", carrier, tracking_code as "trackingCode", at,
  idempotency_key as "idempotencyKey"`

type StoredParcel = Omit<Parcel, 'at'> & { readonly at: Date }

/** Finds the parcels of the claimed orders, and those that were dispatched under these keys, in the order of dispatch. */
export const findParcels = async (sql: Sql, claimedSql: string, keys: readonly string[]): Promise<Parcel[]> => {
  const rows = await sql.query<StoredParcel>(
    `select ${parcelColumns} from parcel where order_id = any(${claimedSql}) or idempotency_key = any($1::text[])
     order by at`,
    [keys],
  )
  return rows.map(({ at, ...parcel }) => ({ ...parcel, at: at.toISOString() }))
}

const fresh = parameterTable({ order_id: 'uuid', status: 'text', traceparent: 'text' })

/**
 * Stores each shipment with the trace of its order, if there is one. @throws a unique violation if another transaction was
 * faster.
 */
export const insertShipments = (
  shipments: readonly ShipmentRow[],
  traces: ReadonlyMap<string, string> = new Map(),
): Statement => ({
  text: `insert into shipment (order_id, status, traceparent)
    select order_id, status, traceparent from ${fresh.sql} as fresh order by order_id`,
  values: fresh.values(
    shipments.map(({ orderId, status }) => ({ order_id: orderId, status, traceparent: traces.get(orderId) ?? null })),
  ),
})

const changed = parameterTable({ order_id: 'uuid', status: 'text' })

/** Writes shipments that this transaction has locked. */
export const updateShipments = (shipments: readonly ShipmentRow[]): Statement => ({
  text: `update shipment set status = changed.status
    from ${changed.sql} as changed where shipment.order_id = changed.order_id`,
  values: changed.values(shipments.map(({ orderId, status }) => ({ order_id: orderId, status }))),
})

const given = parameterTable({
  id: 'uuid',
  order_id: 'uuid',
  carrier: 'text',
  tracking_code: 'text',
  at: 'timestamptz',
  idempotency_key: 'text',
})

/** @throws a unique violation if another transaction has dispatched a parcel under the same key. */
export const insertParcels = (parcels: readonly Parcel[]): Statement => ({
  text: `insert into parcel (${given.columns}) select ${given.columns} from ${given.sql} as given`,
  values: given.values(
    parcels.map(({ id, orderId, carrier, trackingCode, at, idempotencyKey }) => ({
      id,
      order_id: orderId,
      carrier,
      tracking_code: trackingCode,
      at,
      idempotency_key: idempotencyKey,
    })),
  ),
})

/** The trace context of the last message about the order in the batch that stored its shipment. */
export const findTrace = async (sql: Sql, orderId: string): Promise<TraceContext | undefined> => {
  const [row] = await sql.query<{ traceparent: string | null }>(
    'select traceparent from shipment where order_id = $1',
    [orderId],
  )
  return row?.traceparent ? { traceparent: row.traceparent } : undefined
}

/** Those of the orders that have a shipment. */
export const findShipped = async (sql: Sql, orderIds: readonly string[]): Promise<string[]> => {
  const rows = await sql.query<{ orderId: string }>(
    'select order_id as "orderId" from shipment where order_id = any($1::uuid[])',
    [orderIds],
  )
  return rows.map(({ orderId }) => orderId)
}

export interface OpenShipments {
  readonly open: number
  /** The time since the oldest of them was opened. 0 if no shipment is open. */
  readonly oldestAgeMs: number
}

/** Counts the open shipments, from the oldest order, up to `limit`. */
export const countOpenShipments = async (sql: Sql, limit: number): Promise<OpenShipments> => {
  const [row] = await sql.query<OpenShipments>(
    `select count(*)::integer as open,
            coalesce(max(extract(epoch from clock_timestamp() - created_at) * 1000), 0)::float as "oldestAgeMs"
     from (select created_at from shipment where status = 'open' order by order_id limit $1) as oldest`,
    [limit],
  )
  return row ?? { open: 0, oldestAgeMs: 0 }
}

/** A shipment as it is shown. */
export type ListedShipment = Pick<Shipment, 'orderId'> & {
  readonly parcels: readonly Pick<Parcel, 'carrier' | 'trackingCode' | 'at'>[]
}

/** One statement sees a shipment and its parcels at the same moment. */
const listed = `order_id as "orderId", (
  select coalesce(jsonb_agg(jsonb_build_object(
    'carrier', carrier, 'trackingCode', tracking_code,
    'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  ) order by at), '[]') from parcel where parcel.order_id = shipment.order_id
) as parcels`

export const findShipment = async (sql: Sql, orderId: string): Promise<ListedShipment | undefined> => {
  const [row] = await sql.query<ListedShipment>(`select ${listed} from shipment where order_id = $1`, [orderId])
  return row
}

export interface ShipmentFilter {
  /** Null for all. */
  readonly status: ShipmentStatus | null
  /** Only orders placed before this one. Null for the first page. */
  readonly before: string | null
  readonly limit: number
}

/** Lists the newest orders first, because ids sort by creation time. */
export const findShipmentPage = (sql: Sql, { status, before, limit }: ShipmentFilter): Promise<ListedShipment[]> =>
  sql.query<ListedShipment>(
    `select ${listed} from shipment
     where order_id < coalesce($1::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff') ${status === null ? '' : 'and status = $3'}
     order by order_id desc limit $2`,
    [before, limit, ...(status === null ? [] : [status])],
  )
