-- Up Migration

-- One row for each upload. The photo of a SKU is its ready upload with the highest number, in whatever order uploads become ready.
-- original: { "key", "mediaType", "size", "sha256" }. variants: [{ "maxWidth", "width", "height", "key", "size", "sha256" }].
-- The SKU has no foreign key, whose check would wait for the locks of orders. SKUs are never deleted.
create table photo (
  photo_id      uuid primary key,
  upload_number bigint not null generated always as identity,
  sku           text collate "C" not null,
  status        text not null check (status in ('processing', 'ready', 'rejected')),
  original      jsonb not null,
  variants      jsonb,
  reason        text,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  constraint photo_variants_while_ready check ((status = 'ready') = (variants is not null)),
  constraint photo_reason_while_rejected check ((status = 'rejected') = (reason is not null))
);
create unique index photo_sku on photo (sku, upload_number);
create index photo_updated on photo (updated_at);
create index photo_processing on photo (upload_number) where status = 'processing';

-- One row: the folder of this database's blobs in PHOTOS_DIR, so that the databases of several shops may share PHOTOS_DIR. A copy of
-- a database has the same folder: its service needs a copy of PHOTOS_DIR too, because it sweeps the blobs that it does not know.
create table photo_folder (
  name uuid not null
);
create unique index photo_folder_once on photo_folder ((true));
insert into photo_folder values (gen_random_uuid());

-- Down Migration
drop table photo_folder, photo;
