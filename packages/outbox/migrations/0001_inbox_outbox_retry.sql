-- The messages that were handled. The hash distinguishes a repetition from another message with the same id.
create table inbox (
  id          uuid primary key,
  hash        text not null,
  received_at timestamptz not null default now()
);

-- Messages that the broker has not confirmed yet. A relay leases a row before it sends it. When the lease has expired, any relay may
-- send it again. The table is nearly empty at rest, so the limit of autovacuum is a number of rows, not a share.
create table outbox (
  seq          bigint generated always as identity primary key,
  id           uuid not null,
  type         text not null,
  order_id     uuid not null,
  exchange     text not null,
  routing_key  text not null,
  body         text not null,
  traceparent  text,
  created_at   timestamptz not null default now(),
  leased_until timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- Waiting deliveries of a broker without retry queues: failed ones until they are due, and those that found a full buffer.
create table retry (
  key        bigint generated always as identity primary key,
  queue      text not null,
  message    jsonb not null,
  body       bytea not null,
  attempts   integer not null,
  error      text,
  due_at     timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
create index retry_due on retry (queue, due_at);
