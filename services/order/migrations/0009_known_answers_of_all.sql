-- Up Migration

-- Orders can be written meanwhile.
alter table customer_order validate constraint order_payment_known, validate constraint order_inventory_known;

-- Down Migration
select 1;
