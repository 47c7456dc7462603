-- Up Migration

-- The broker that the service used last. Messages that wait at another one are handled only there.
create table broker_in_use (
  only_row boolean primary key default true check (only_row),
  system   text not null,
  since    timestamptz not null default now()
);

-- Down Migration
drop table broker_in_use;
