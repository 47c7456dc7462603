-- Up Migration

-- Counts the dead letters of each queue.
create index dead_letter_queue on dead_letter (queue) where status = 'parked';

-- Down Migration
drop index dead_letter_queue;
