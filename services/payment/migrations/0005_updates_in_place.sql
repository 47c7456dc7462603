-- Up Migration

-- All rows of a page are updated soon after they were inserted, in one batch. With room for a second version of each, an update adds
-- no index entries, and the next one finds the room of the versions before.
alter table payment set (fillfactor = 50);
alter table gateway.intent set (fillfactor = 50);

-- Down Migration
alter table gateway.intent set (fillfactor = 60);
alter table payment set (fillfactor = 75);
