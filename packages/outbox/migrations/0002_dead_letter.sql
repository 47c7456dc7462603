-- Where these tables are the queue: whether the message is on its way, and how often the process has died while it was.
alter table outbox
  add column taken  boolean not null default false,
  add column deaths integer not null default 0;
alter table retry
  add column taken           boolean not null default false,
  add column deaths          integer not null default 0,
  add column first_failed_at timestamptz;

-- Messages that were given up. The id is a UUIDv7, so letters sort by the time of their parking. Kept as they came: properties,
-- headers and bytes; order and trace, and the place of the failure in the code, are read from them to find and to group letters.
create table dead_letter (
  id              uuid primary key,
  message_id      text not null,
  type            text not null,
  order_id        uuid,
  queue           text not null,
  reason          text not null,
  error           text not null,
  stack           text,
  place           text,
  attempts        integer not null,
  first_failed_at timestamptz not null,
  last_failed_at  timestamptz not null,
  message         jsonb not null,
  headers         jsonb not null,
  body            bytea not null,
  trace_id        text,
  status          text not null default 'parked' check (status in ('parked', 'replayed', 'discarded')),
  parked_at       timestamptz not null default now(),
  settled_at      timestamptz
);
create index dead_letter_status on dead_letter (status, id);
create index dead_letter_reason on dead_letter (reason, id) include (parked_at) where status = 'parked';
create index dead_letter_order on dead_letter (order_id, id) where order_id is not null;
create index dead_letter_message on dead_letter (message_id) where status = 'parked';
create index dead_letter_settled on dead_letter (settled_at) where status <> 'parked';

-- What was done with a letter, by whom, when and why.
create table dead_letter_operation (
  id        bigint generated always as identity primary key,
  letter_id uuid not null references dead_letter on delete cascade,
  operation text not null check (operation in ('replay', 'edit', 'discard')),
  operator  text not null,
  note      text,
  at        timestamptz not null default now()
);
create index dead_letter_operation_letter on dead_letter_operation (letter_id, id);

-- For retention: rows come in the order of their times, so a range of blocks is enough to find the old ones.
create index inbox_received on inbox using brin (received_at) with (autosummarize = on);
