-- Up Migration

create table loan (
  loan_id uuid primary key,
  state   jsonb not null
);

-- Down Migration
drop table loan;
