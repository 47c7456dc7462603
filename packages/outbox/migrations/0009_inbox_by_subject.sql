-- Up Migration

-- The key of the inbox begins with the subject. Message ids are random, so each insert changed another page of their index, and after
-- a checkpoint the write-ahead log contained the whole page. Ids of subjects begin with the time, so recent entries share pages.
-- Entries of earlier versions have no subject, and are found under the default until they are deleted. Instances of earlier versions
-- continue to work, but read the whole index for each batch: replace them soon.
-- The table is locked while the index is built.
alter table inbox add column subject uuid not null default '00000000-0000-0000-0000-000000000000';
create unique index inbox_by_subject on inbox (subject, id);
alter table inbox drop constraint inbox_pkey;
alter table inbox add constraint inbox_pkey primary key using index inbox_by_subject;

-- Down Migration
alter table inbox drop constraint inbox_pkey;
alter table inbox drop column subject;
alter table inbox add primary key (id);
