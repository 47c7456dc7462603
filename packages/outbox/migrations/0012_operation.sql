-- Up Migration

-- What operators did, apart from operations on dead letters, which have a table of their own.
create table operation (
  id        bigint generated always as identity primary key,
  operation text not null,
  subject   uuid,
  detail    text,
  operator  text not null,
  at        timestamptz not null default now()
);
create index operation_at on operation (at, id);
create index operation_subject on operation (subject) where subject is not null;

-- Both are listed together, the newest first.
create index dead_letter_operation_at on dead_letter_operation (at, id);

-- Down Migration
drop index dead_letter_operation_at;
drop table operation;
