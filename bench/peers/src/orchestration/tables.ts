/** The tables of the workflow's program, in one database, and those of the simulated gateway in a schema of its own. */
import { readFileSync } from 'node:fs'

const tables = `
  create table if not exists customer_order (
    id uuid primary key,
    customer jsonb not null,
    currency text not null,
    total bigint not null,
    lines jsonb not null,
    status text not null default 'placed' check (status in ('placed', 'paid', 'fulfilled', 'cancelled')),
    reason text check ((reason is null) = (status <> 'cancelled')),
    settled boolean not null default false,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  );
  create table if not exists payment (
    order_id uuid primary key references customer_order,
    status text not null default 'pending',
    gateway_reference text,
    attempts integer not null default 0,
    captured bigint not null default 0,
    refunded bigint not null default 0 check (refunded in (0, captured)),
    manual_reference text
  );
  create table if not exists stock (
    sku text primary key,
    received bigint not null,
    on_hand bigint not null,
    reserved bigint not null default 0,
    check (reserved >= 0 and reserved <= on_hand)
  );
  create table if not exists reservation (
    order_id uuid primary key references customer_order,
    lines jsonb not null,
    status text not null check (status in ('reserved', 'rejected', 'released', 'committed'))
  );
  create table if not exists notification (
    order_id uuid not null references customer_order,
    occasion text not null,
    recipient text not null,
    sent_at timestamptz not null default now(),
    primary key (order_id, occasion)
  )`

/** Those of Quadrille's payment service, so that both sides pay at the same gateway. */
const gatewayMigration = new URL('../../../../services/payment/migrations/0002_simulated_gateway.sql', import.meta.url)

/** The statements that create all tables, unless an earlier process has. */
export const tableStatements = ({ gatewayExists }: { gatewayExists: boolean }): string[] => {
  const ofGateway = readFileSync(gatewayMigration, 'utf8')
    .split(/;$/m)
    .filter((text) => /^\w/m.test(text))
  return [...tables.split(';'), ...(gatewayExists ? [] : ofGateway)]
}
