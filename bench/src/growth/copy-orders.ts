/** Fills the tables of a service with copies of real orders, set-based. */
import type { Client } from 'pg'
import { columnsOf } from './columns.ts'
import type { FormattedRow, Source } from './source.ts'

export interface Copies {
  readonly source: Source
  /** The number of copies. */
  readonly count: number
  /** The creation of the first one. The others follow at even intervals. */
  readonly from: Date
  readonly to: Date
}

/** Copies in one transaction. */
const chunkSize = 10_000
/** Rows of these tables are deleted at this age, ms. Copies of older orders have none. An hour less, so that they last for a run. */
const keptMs: Readonly<Record<string, number>> = { idempotency_key: 23 * 3_600_000 }

/** Inserts the rows that these orders would have left in this database, in the order of their times. */
export const copyOrders = async (client: Client, rows: readonly FormattedRow[], copies: Copies): Promise<void> => {
  await prepare(client, rows, copies.source)
  const tables = [...new Set(rows.map(({ table }) => table))]
  for (let first = 1; first <= copies.count; first += chunkSize) {
    await client.query('begin; set local synchronous_commit = off')
    await chooseCopies(client, copies, { first, last: Math.min(copies.count, first + chunkSize - 1) })
    for (const table of tables) await insertRows(client, table, copies.to)
    await client.query('commit')
  }
  await client.query('drop extension "uuid-ossp"')
}

/** Temporary tables and functions, which end with the session. Other ids are computed from the real one and the id of the copy. */
const prepare = async (client: Client, rows: readonly FormattedRow[], { orders }: Source): Promise<void> => {
  await client.query(`
    set timezone = 'UTC';
    set work_mem = '128MB';
    set enable_memoize = off;
    create extension "uuid-ossp";
    create temp table source_order (number integer primary key, created_at timestamptz);
    create temp table source_row (
      target text, number integer, position integer, text text, ids text[], times timestamptz[],
      primary key (target, number, position)
    );
    create temp table copy (
      place integer primary key, number integer, id uuid, reference text, created_at timestamptz, shift interval
    );
    create function pg_temp.copied(ids text[], order_id uuid) returns text[] language sql stable as
      $$select array(select uuid_generate_v5(order_id, id)::text
                     from unnest(ids) with ordinality as each (id, place) order by place)$$;
    create function pg_temp.shifted(times timestamptz[], shift interval) returns text[] language sql stable as
      $$select array(select to_char(time + shift, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
                     from unnest(times) with ordinality as each (time, place) order by place)$$;`)
  await client.query(
    `insert into source_order (number, created_at) select number - 1, created_at from unnest($1::timestamptz[]) with ordinality as given (created_at, number)`,
    [orders.map(({ createdAt }) => createdAt)],
  )
  await client.query(
    `insert into source_row (target, number, position, text, ids, times)
     select target, number, position, text, string_to_array(ids, ','), string_to_array(times, ',')::timestamptz[]
     from unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[])
          with ordinality as given (target, number, text, ids, times, position)`,
    [
      rows.map(({ table }) => table),
      rows.map(({ order }) => order),
      rows.map(({ text }) => text),
      rows.map(({ ids }) => ids.join()),
      rows.map(({ times }) => times.join()),
    ],
  )
  await client.query('analyze source_order, source_row')
}

interface Chunk {
  readonly first: number
  readonly last: number
}

/** The ids of these copies, which are the same in the databases of all services: UUIDv7 (RFC 9562, section 5.7). */
const chooseCopies = async (
  client: Client,
  { source, count, from, to }: Copies,
  { first, last }: Chunk,
): Promise<void> => {
  await client.query('truncate copy')
  await client.query(
    `insert into copy (place, number, id, reference, created_at, shift)
     select place, number, id, 'sim_' || ($6 + place), made.created_at, made.created_at - source_order.created_at
     from generate_series($1::integer, $2::integer) as place
     join source_order on number = (place - 1) % $3
     cross join lateral (
       select date_trunc('milliseconds', $4::timestamptz + (place - 1) * $5::float * interval '1 millisecond') as created_at
     ) as made
     cross join lateral (
       select md5('copy ' || place) as random, lpad(to_hex((extract(epoch from made.created_at) * 1000)::bigint), 12, '0') as time
     ) as parts
     cross join lateral (
       select (time || '7' || substr(random, 1, 3) || substr('89ab', 1 + place % 4, 1) || substr(random, 4, 15))::uuid as id
     ) as named
     order by place`,
    [first, last, source.orders.length, from, (to.getTime() - from.getTime()) / count, source.lastReference],
  )
  await client.query('analyze copy')
}

/** An identity column numbers the copies itself. */
const insertRows = async (client: Client, table: string, now: Date): Promise<void> => {
  const kept = keptMs[table]
  const since = kept === undefined ? null : new Date(now.getTime() - kept)
  const { names, definitions } = await columnsOf(client, table)
  await client.query(
    `insert into ${table} (${names}) overriding user value
     select ${names.replaceAll(/[^ ]+/g, 'filled.$&')}
     from copy
     join source_row as source on source.number = copy.number and source.target = $1
     cross join lateral json_to_record(format(source.text, variadic array[copy.id::text, copy.reference]
       || pg_temp.copied(source.ids, copy.id) || pg_temp.shifted(source.times, copy.shift))::json) as filled (${definitions})
     where $2::timestamptz is null or copy.created_at >= $2
     order by copy.place, source.position`,
    [table, since],
  )
}

/** Records a receipt of the goods that the copies have taken, before the first of them. So the stock stays as it is. */
export const receiveCopiedStock = async (client: Client, { since }: { readonly since: Date }): Promise<void> => {
  await client.query(
    `insert into stock_movement (sku, kind, quantity, at)
     select sku, 'receipt', taken - moved + on_hand, $1
     from stock
     join (select sku, sum(quantity)::bigint as moved from stock_movement group by sku) as movement using (sku)
     join (
       select line.sku collate "C" as sku, sum(quantity)::bigint as taken
       from reservation, jsonb_to_recordset(lines) as line (sku text, quantity bigint)
       where status = 'committed' group by 1
     ) as committed using (sku)
     where taken - moved + on_hand > 0`,
    [since],
  )
}
