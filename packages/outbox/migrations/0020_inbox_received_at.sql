-- Up Migration

-- Finds the oldest entries of the inbox, to delete them. The index that this replaces had the range of times of each block. New entries
-- reuse the space of deleted ones, so almost all blocks soon contained old and new times.
-- The table is locked while the index is built, unless it was built before. An invalid index is
-- left by a build with `concurrently` that has failed.
drop index inbox_received;
do $$
begin
  if exists (select from pg_index where indexrelid = to_regclass('inbox_received_at') and not indisvalid) then
    drop index inbox_received_at;
  end if;
end
$$;
create index if not exists inbox_received_at on inbox (received_at);

-- Down Migration
drop index inbox_received_at;
create index inbox_received on inbox using brin (received_at) with (autosummarize = on);
