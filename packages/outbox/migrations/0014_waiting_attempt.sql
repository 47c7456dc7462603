-- Up Migration

-- The messages that wait for their next attempt, by queue.
create index failed_attempt_next on failed_attempt (queue, next_at) where next_at is not null;

-- Down Migration
drop index failed_attempt_next;
