-- Lets Debezium read the events in the outbox of one service. Run it as a superuser in the database of that service. The server
-- needs wal_level = logical, and should limit the log that it keeps for a slot: max_slot_wal_keep_size.
-- Each connector needs a slot.name of its own, because the names of slots belong to the server.

-- Set its password with \password debezium. The role belongs to the server, and this script runs in several of its databases.
do $$ begin
  if not exists (select from pg_roles where rolname = 'debezium') then
    create role debezium login replication;
  end if;
end $$;
grant select on outbox to debezium;
do $$ begin
  execute format('grant connect on database %I to debezium', current_database());
end $$;

-- Only inserts, because the relay also updates and deletes rows. Only events: neither tasks, nor replays of dead letters.
create publication debezium_outbox for table outbox
  where (exchange like '%.events' and message is null) with (publish = 'insert');
