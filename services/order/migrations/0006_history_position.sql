-- Up Migration

-- The transaction that has inserted an event. A reader that knows which transactions it has seen misses no event, although
-- transactions commit in another order than they begin. Events of earlier versions belong to transaction 0, which is always visible.
-- The constant default rewrites no rows. This locks readers too, so the index, which takes longer, has a migration of its own.
alter table order_event add column xid xid8 not null default '0';
alter table order_event alter column xid set default pg_current_xact_id();

-- Down Migration
alter table order_event drop column xid;
