-- Up Migration

-- The parcels among the occasions: [{ "occasion", "carrier", "trackingCode" }]. Null without parcels. Tables are not rewritten for a
-- column without a default.
alter table addressee add column parcels jsonb;

-- Down Migration
alter table addressee drop column parcels;
