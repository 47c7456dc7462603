-- Up Migration

-- Token buckets that all instances of the service share. A bucket is full at `full_at`; before that it lacks one token for each
-- interval of the rate.
create table rate_limit (
  name text primary key,
  full_at timestamptz not null
);

-- Down Migration
drop table rate_limit;
