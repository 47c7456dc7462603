-- What there was too little of, where an order was rejected: [{ "sku", "requested", "available" }]. It can be said again.
alter table reservation
  add column missing jsonb,
  add constraint reservation_missing_where_rejected check (missing is null or status = 'rejected');
