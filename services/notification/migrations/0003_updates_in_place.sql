-- Up Migration

-- All rows of a page are updated soon after they were inserted, in one batch. With room for a second version of each, an update adds
-- no index entries, and the next one finds the room of the versions before. The text of a stored notification is added by the update.
alter table addressee set (fillfactor = 50);
alter table notification set (fillfactor = 40);

-- Down Migration
alter table notification reset (fillfactor);
alter table addressee reset (fillfactor);
