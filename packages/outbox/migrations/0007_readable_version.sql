-- The newest version of each message when this database was made. A shop is made with one version of all services, so every
-- consumer can read these.
create table readable_version (
  type    text primary key,
  version integer not null
);
