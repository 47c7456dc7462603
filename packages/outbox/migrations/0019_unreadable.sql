-- Up Migration

-- Finds what a later version may handle, messages of later versions and unknown tasks, in the order in which they were parked.
create index dead_letter_unreadable on dead_letter (parked_at, id)
  where status = 'parked' and reason in ('future_version', 'unknown_type');
drop index dead_letter_future_version;

-- Down Migration
create index dead_letter_future_version on dead_letter (parked_at, id) where status = 'parked' and reason = 'future_version';
drop index dead_letter_unreadable;
