-- The fulfilled orders, and whether a parcel of them was dispatched. The trace (W3C Trace Context) is that of the order.
create table shipment (
  order_id    uuid primary key,
  status      text not null check (status in ('open', 'dispatched')),
  traceparent text,
  created_at  timestamptz not null default now()
);
create index shipment_status on shipment (status, order_id);

-- The dispatched parcels. A key is that of the request, if it had one: the same request again dispatches no second parcel.
create table parcel (
  id              uuid primary key,
  order_id        uuid not null references shipment,
  carrier         text not null,
  tracking_code   text not null,
  at              timestamptz not null,
  idempotency_key text unique,
  unique (order_id, at)
);
