-- The exchange of the first delivery. A replay is checked against it, as the first delivery was. Empty if it is unknown, as for dead
-- letters that earlier versions have stored.
alter table dead_letter add column exchange text not null default '';

-- The same bytes from another exchange are another dead letter: a forged copy must not replace the original.
drop index dead_letter_message;
create unique index dead_letter_message on dead_letter (message_id, queue, exchange, sha256(body)) where status = 'parked';

-- The exchange of the existing rows is unknown. They count as messages that the service has sent to itself.
alter table retry add column exchange text not null default '';
update retry set exchange = split_part(queue, '.', 1) || '.direct';
