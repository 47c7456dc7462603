-- Up Migration

-- The answers of payment and inventory that an order may have. Only new rows are checked here, so that the table is locked briefly.
alter table customer_order
  add constraint order_payment_known check
    (payment in ('pending', 'declined', 'voided', 'captured', 'refunding', 'refund_failed', 'refunded')) not valid,
  add constraint order_inventory_known check (inventory in ('pending', 'reserved', 'rejected', 'released')) not valid;

-- Down Migration
alter table customer_order drop constraint order_payment_known, drop constraint order_inventory_known;
