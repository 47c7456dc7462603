-- Up Migration

-- The cancelled orders, for lists of them. Few orders are cancelled, and most updates do not change the reason.
create index customer_order_cancelled on customer_order (id) where cancellation_reason is not null;

-- Down Migration
drop index customer_order_cancelled;
