-- Up Migration

-- Finds the oldest entries of the inbox, to delete them. The index that this replaces had the range of times of each block. New entries
-- reuse the space of deleted ones, so almost all blocks soon contained old and new times.
-- The table is locked while the index is built, unless it was built before.
drop index inbox_received;
create index if not exists inbox_received_at on inbox (received_at);

-- Down Migration
drop index inbox_received_at;
create index inbox_received on inbox using brin (received_at) with (autosummarize = on);
