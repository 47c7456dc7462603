create table deposit (
  loan_id uuid primary key,
  state   jsonb not null
);

-- The ledger of the simulated cashier. A real one keeps its own.
create table cashier_ledger (
  loan_id  uuid primary key,
  amount   integer not null,
  outcome  text not null,
  refunded boolean not null default false
);
