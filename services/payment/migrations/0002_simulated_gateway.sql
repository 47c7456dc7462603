-- The books of the simulated gateway: a stranger's, as a real gateway's would be. Only its adapter and auditors read them.
create schema gateway;

create sequence gateway.reference;

-- What the gateway was asked to capture, and what came of it. The counts say how often money moved; answers holds what
-- each idempotency key was answered: { "<key>": { "answer": { "status", … }, "at" } }.
create table gateway.intent (
  reference     text collate "C" primary key,
  order_id      uuid not null,
  amount        bigint not null,
  currency      text not null,
  status        text not null default 'unconfirmed'
                check (status in ('unconfirmed', 'processing', 'captured', 'declined', 'cancelled')),
  method        text,
  decline_code  text,
  confirmations integer not null default 0,
  due_at        timestamptz,
  captured      bigint not null default 0,
  refunded      bigint not null default 0,
  capture_count integer not null default 0,
  refund_count  integer not null default 0,
  answers       jsonb not null default '{}',
  created_at    timestamptz not null
) with (fillfactor = 60);
create index intent_order on gateway.intent (order_id);

-- Which object each idempotency key has created; after 24 hours a key may create another.
create table gateway.create_key (
  key        text collate "C" primary key,
  reference  text not null,
  created_at timestamptz not null
);
