create table tally (
  parcel_id uuid primary key,
  state     jsonb not null
);
