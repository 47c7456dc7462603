-- The points of each fulfilled order.
create table points (
  order_id uuid primary key,
  state    jsonb not null
);
