-- The open orders, the oldest first: how many there are, and which are stuck.
create index customer_order_open on customer_order (created_at) where not settled;
