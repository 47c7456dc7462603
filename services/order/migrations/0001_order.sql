-- The orders. Room is left in each page, so that most updates need no new index entries.
create table customer_order (
  id                  uuid primary key,
  status              text not null check (status in ('placed', 'paid', 'fulfilled', 'cancelled')),
  settled             boolean not null,
  cancellation_reason text check ((cancellation_reason is not null) = (status = 'cancelled')),
  customer_id         text not null,
  customer_email      text not null,
  currency            text not null,
  total               bigint not null check (total >= 0),
  lines               jsonb not null,
  reference           text,
  metadata            jsonb,
  payment             text not null,
  inventory           text not null,
  notifications       jsonb not null,
  created_at          timestamptz not null,
  updated_at          timestamptz not null,
  expires_at          timestamptz not null
) with (fillfactor = 75);
create index customer_order_status on customer_order (status, id);
create index customer_order_customer on customer_order (customer_id, id);
create index customer_order_reference on customer_order (reference, id) where reference is not null;
-- What the expiry looks for: orders that are still open.
create index customer_order_expiry on customer_order (expires_at) where status in ('placed', 'paid');

-- Everything that any service has said about an order, each event once.
create table order_event (
  seq      bigint generated always as identity,
  order_id uuid not null,
  id       uuid not null,
  event    json not null,
  primary key (order_id, id)
);

-- The first answer to each idempotency key, so that a repetition gets the same one.
create table idempotency_key (
  key          text primary key,
  request_hash text not null,
  order_id     uuid not null,
  response     json not null,
  created_at   timestamptz not null default now()
);
create index idempotency_key_age on idempotency_key (created_at);
