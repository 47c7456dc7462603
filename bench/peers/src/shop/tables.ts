/**
 * The tables of the shop, the same for every peer. A peer of several services gives each of them the tables of one schema; a
 * peer of one program uses all of them.
 */
import type { Pool } from 'pg'

/** The order service. The benchmark reads `id` and `settled`. */
const orders = `
  create table if not exists customer_order (
    id uuid primary key,
    customer_id text not null,
    email text not null,
    currency text not null,
    total bigint not null,
    sku text not null,
    quantity integer not null,
    unit_price bigint not null,
    status text not null default 'placed',
    settled boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`

/** The payment service, and the ledger of a payment gateway. */
const payments = `
  create schema if not exists payment;
  create table if not exists payment.payment (
    order_id uuid primary key,
    amount bigint not null,
    currency text not null,
    status text not null,
    gateway_reference text not null,
    created_at timestamptz not null default now()
  );
  create schema if not exists gateway;
  create table if not exists gateway.charge (
    idempotency_key uuid primary key,
    reference text not null,
    amount bigint not null,
    currency text not null,
    method text not null,
    created_at timestamptz not null default now()
  )`

/** The inventory service: enough stock of the SKUs bench-0 to bench-999, which the benchmark orders. */
const inventory = `
  create schema if not exists inventory;
  create table if not exists inventory.stock (
    sku text primary key,
    initial bigint not null,
    on_hand bigint not null,
    reserved bigint not null default 0,
    check (reserved >= 0 and reserved <= on_hand)
  );
  create table if not exists inventory.reservation (
    order_id uuid primary key,
    sku text not null,
    quantity integer not null,
    status text not null default 'reserved',
    created_at timestamptz not null default now()
  );
  insert into inventory.stock (sku, initial, on_hand)
    select 'bench-' || number, 1000000000, 1000000000 from generate_series(0, 999) as number
    on conflict do nothing`

/** The notification service. */
const notifications = `
  create schema if not exists notification;
  create table if not exists notification.notification (
    order_id uuid not null,
    channel text not null,
    occasion text not null,
    recipient text not null,
    sent_at timestamptz not null default now(),
    primary key (order_id, channel, occasion)
  )`

const parts = { orders, payments, inventory, notifications }

export type Part = keyof typeof parts

/** Creates the tables of these parts, unless an earlier process of the peer has. */
export const createTables = async (pool: Pool, names: readonly Part[]): Promise<void> => {
  await pool.query(names.map((name) => parts[name]).join(';')) // without parameters, several statements are one transaction
}

/** Creates all tables, unless an earlier process of the peer has. */
export const createAllTables = (pool: Pool): Promise<void> =>
  createTables(pool, ['orders', 'payments', 'inventory', 'notifications'])
