-- Up Migration

-- The inbox is large, and its oldest entries are deleted. With the default share of a fifth, each deletion would walk over up to
-- millions of dead entries in the index of the times.
alter table inbox set (autovacuum_vacuum_scale_factor = 0.01);

-- Down Migration
alter table inbox reset (autovacuum_vacuum_scale_factor);
