-- Up Migration

-- An update that changes no indexed column adds no index entries, if its page has room (a heap-only tuple). So the status, which
-- changes several times, is in no index. `settled` changes once, and the reason of a cancellation once at most.
-- Instances of earlier versions continue to work, but read all orders once a second to find those that have expired: replace them soon.
-- While the indexes are built, orders can be read, but not written. Only the last statements exclude readers, for a moment.
alter index customer_order_expiry rename to customer_order_expiry_before;
alter index customer_order_open rename to customer_order_open_before;

-- The open orders that may expire.
create index customer_order_expiry on customer_order (expires_at) where not settled and cancellation_reason is null;

-- The open orders, the oldest first, because ids begin with the time.
create index customer_order_open on customer_order (id) where not settled;

drop index customer_order_status, customer_order_expiry_before, customer_order_open_before;
alter table customer_order set (fillfactor = 50);

-- Down Migration
drop index customer_order_open, customer_order_expiry;
alter table customer_order set (fillfactor = 75);
create index customer_order_status on customer_order (status, id);
create index customer_order_expiry on customer_order (expires_at) where status in ('placed', 'paid');
create index customer_order_open on customer_order (created_at) where not settled;
