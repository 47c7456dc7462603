-- Up Migration

-- How an operation ended. A row of its own, because services may add operations but not change them. An operation without a row
-- was requested, and its outcome is unknown.
create table operation_outcome (
  operation_id bigint primary key references operation,
  outcome      text not null check (outcome in ('done', 'refused'))
);

-- Down Migration
drop table operation_outcome;
