create table loan (
  loan_id uuid primary key,
  state   jsonb not null
);
