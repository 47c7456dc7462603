-- Up Migration

-- The open orders, by their age: ids sort by the time of their making.
create index customer_order_open on customer_order (id) where not settled;

-- Down Migration
drop index customer_order_open;
