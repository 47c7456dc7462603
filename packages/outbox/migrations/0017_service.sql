-- Up Migration

-- The service to which this database belongs.
create table service (
  only_row boolean primary key default true check (only_row),
  name     text not null
);

-- Down Migration
drop table service;
