-- Whom to tell about an order, and what about. Without a recipient as long as only events of its payment have come;
-- those occasions wait.
create table addressee (
  order_id    uuid primary key,
  customer_id text,
  email       text,
  currency    text,
  total       bigint,
  occasions   text[] not null,
  created_at  timestamptz not null default now(),
  constraint addressee_known_or_not check (num_nonnulls(customer_id, email, currency, total) in (0, 4))
);

-- What became of each message: one row for each order, channel and occasion. Subject and text are there only where
-- there was no transport to send them by. `seq` is the order of asking, by which pages are turned.
create table notification (
  order_id uuid not null,
  channel  text not null,
  occasion text not null,
  seq      bigint generated always as identity,
  status   text not null check (status in ('pending', 'sent', 'failed')),
  attempts integer not null,
  code     text,
  subject  text,
  text     text,
  at       timestamptz not null default now(),
  primary key (order_id, channel, occasion),
  constraint notification_code_says_why_it_failed check ((status = 'failed') = (code is not null)),
  constraint notification_kept_as_a_whole check (num_nonnulls(subject, text) in (0, 2))
);
create unique index notification_seq on notification (seq);
