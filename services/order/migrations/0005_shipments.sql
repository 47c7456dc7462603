-- Up Migration

-- The dispatched parcels, which an order shows. A table of its own, because most changes of an order come before them.
create table order_shipment (
  order_id      uuid not null references customer_order,
  at            timestamptz not null,
  carrier       text not null,
  tracking_code text not null,
  primary key (order_id, at)
);

-- Down Migration
drop table order_shipment;
