-- Messages that may kill whoever handles them, and how often they have been begun without an end. The fingerprint is of their bytes.
create table suspect (
  queue       text not null,
  fingerprint text not null,
  begun       integer not null,
  begun_at    timestamptz not null default now(),
  primary key (queue, fingerprint)
);

-- A dead letter that is replayed goes out as it came, with its own properties, headers and bytes; what we say ourselves has a body
-- that is text, and needs none of these.
alter table outbox
  add column message jsonb,
  add column bytes   bytea;
