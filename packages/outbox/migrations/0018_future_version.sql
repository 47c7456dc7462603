-- Up Migration

-- Finds the messages of later versions in the order in which they were parked.
create index dead_letter_future_version on dead_letter (parked_at, id) where status = 'parked' and reason = 'future_version';

-- Down Migration
drop index dead_letter_future_version;
