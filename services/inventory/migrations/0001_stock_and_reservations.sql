-- What is there of each SKU, in pieces. Compared byte by byte ("C"), so that locks are taken in the same order everywhere.
create table stock (
  sku      text collate "C" primary key,
  on_hand  bigint not null,
  reserved bigint not null,
  constraint stock_on_hand_in_range check (on_hand between 0 and 1000000000000),
  constraint stock_never_oversold check (reserved between 0 and on_hand)
);

-- Why on hand is what it is: for each SKU it equals its movements minus the lines of committed reservations.
-- Only ever added to.
create table stock_movement (
  seq      bigint generated always as identity primary key,
  sku      text collate "C" not null references stock,
  kind     text not null check (kind in ('receipt', 'adjustment')),
  quantity bigint not null,
  at       timestamptz not null default now()
);

-- An order's claim on stock, and after a cancellation its tombstone. Lines: [{ "sku", "quantity" }], one for each SKU;
-- of a released reservation those that were held until then.
create table reservation (
  order_id   uuid primary key,
  status     text not null check (status in ('pending', 'reserved', 'rejected', 'released', 'committed')),
  waits_for  text check (waits_for in ('order', 'payment')),
  lines      jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint reservation_waits_while_pending check ((status = 'pending') = (waits_for is not null))
);

-- Receipts that came with an idempotency key, and what was answered: the same again is answered the same, and adds nothing.
create table receipt_answer (
  idempotency_key text primary key,
  request_hash    text not null,
  answer          jsonb,
  created_at      timestamptz not null default now()
);
create index receipt_answer_created_at on receipt_answer (created_at);
