-- Up Migration

-- The exchange by which a message first came to the service: a replay is held against it, as the first delivery was. Empty where
-- that is not known, as of dead letters that earlier versions have stored.
alter table dead_letter add column exchange text not null default '';

-- The same bytes by another exchange are another letter: a forged copy must not stand in the way of the original.
drop index dead_letter_message;
create unique index dead_letter_message on dead_letter (message_id, queue, exchange, sha256(body)) where status = 'parked';

-- Where this table is the queue nobody else publishes in the process, so what waits counts as the service's own.
alter table retry add column exchange text not null default '';
update retry set exchange = split_part(queue, '.', 1) || '.direct';

-- Down Migration
alter table retry drop column exchange;
drop index dead_letter_message;
create unique index dead_letter_message on dead_letter (message_id, queue, sha256(body)) where status = 'parked';
alter table dead_letter drop column exchange;
