-- Up Migration

-- The table is large, and its oldest events are deleted. With the default share of a fifth, a scan from the beginning would read
-- the index entries of up to millions of deleted events. While less than 2 % of the pages have deleted rows, a vacuum would leave
-- these entries, so it is told to remove them.
alter table order_event set (autovacuum_vacuum_scale_factor = 0.01, vacuum_index_cleanup = on);

-- Down Migration
alter table order_event reset (autovacuum_vacuum_scale_factor, vacuum_index_cleanup);
