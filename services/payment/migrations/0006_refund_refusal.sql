-- Up Migration

-- Each refusal of a refund. The payment keeps only the last one, and only until the next request.
create table refund_refusal (
  order_id uuid not null,
  round    integer not null,
  code     text,
  at       timestamptz not null default now(),
  primary key (order_id, round)
);

insert into refund_refusal (order_id, round, code, at)
select order_id, refund_round, code, updated_at from payment where status = 'refund_failed';

-- Down Migration
drop table refund_refusal;
