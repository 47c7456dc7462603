-- Up Migration

-- The table only grows, so the default share of a fifth left millions of dead entries in the indexes of the open orders.
alter table customer_order set (autovacuum_vacuum_scale_factor = 0.01);

-- Down Migration
alter table customer_order reset (autovacuum_vacuum_scale_factor);
