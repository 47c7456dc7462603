-- Up Migration

-- Failed attempts to handle messages, for operators. `number` counts the failed attempts of a subject. Only the newest are kept.
create table failed_attempt (
  subject         uuid not null,
  number          bigint not null,
  message_id      text not null,
  causation_id    text,
  type            text not null,
  queue           text not null,
  attempt         integer not null,
  error           text not null,
  outcome         text not null check (outcome in ('retried', 'postponed', 'parked')),
  reason          text,
  first_failed_at timestamptz not null,
  at              timestamptz not null,
  next_at         timestamptz,
  primary key (subject, number)
);
create index failed_attempt_at on failed_attempt (at);

-- Down Migration
drop table failed_attempt;
