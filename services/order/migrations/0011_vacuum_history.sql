-- Up Migration

-- The table is large, and its oldest events are deleted. With the default share of a fifth, a scan from the beginning would read
-- the index entries of up to millions of deleted events.
alter table order_event set (autovacuum_vacuum_scale_factor = 0.01);

-- Down Migration
alter table order_event reset (autovacuum_vacuum_scale_factor);
