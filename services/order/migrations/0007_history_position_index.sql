-- Up Migration

-- While the index is built, orders can be read, but not written. A database of an earlier build may have it.
create index if not exists order_event_position on order_event (xid, seq);

-- Down Migration
drop index order_event_position;
