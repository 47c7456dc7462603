-- Up Migration

-- The number of attempts to refund. The gateway repeats its response to an attempt, so no other may have its number.
alter table payment add column refund_attempts integer not null default 0;

-- Down Migration
alter table payment drop column refund_attempts;
