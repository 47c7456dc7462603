-- The table only grows, so the default share of a fifth would leave many dead entries at the beginning of the open shipments.
alter table shipment set (autovacuum_vacuum_scale_factor = 0.01);
