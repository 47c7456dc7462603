-- The payment of each order, and the tombstone of one that was cancelled before it was heard of. Money is in minor units.
-- Room is left in each page, so that updates need no new index entries.
create table payment (
  order_id          uuid primary key,
  status            text not null check (status in
                      ('pending', 'cancelling', 'captured', 'declined', 'voided', 'refunding', 'refunded', 'refund_failed')),
  cancelled         boolean not null,
  amount            bigint not null check (amount >= 0),
  currency          text not null,
  gateway_reference text,
  attempts          integer not null,
  captured          bigint not null check (captured >= 0),
  refunded          bigint not null check (refunded in (0, captured)),
  refund_round      integer not null,
  manual_reference  text,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  -- Without its reference nobody could give the money back.
  constraint payment_reference_of_capture check
    (gateway_reference is not null or status in ('pending', 'cancelling', 'declined', 'voided')),
  constraint payment_captured_by_status check
    (captured = 0 or status in ('captured', 'refunding', 'refunded', 'refund_failed')),
  constraint payment_refunded_by_status check (refunded = case status when 'refunded' then captured else 0 end)
) with (fillfactor = 75);
