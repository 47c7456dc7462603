-- A message that comes again while its letter is still parked, because the connection was lost before it was acknowledged, has no
-- second letter. By the bytes too, as what can't be read may have an id that is not its own, or none.
delete from dead_letter as later using dead_letter as first
where first.status = 'parked' and later.status = 'parked' and first.id < later.id
  and (first.message_id, first.queue, first.body) = (later.message_id, later.queue, later.body);
drop index dead_letter_message;
create unique index dead_letter_message on dead_letter (message_id, queue, sha256(body)) where status = 'parked';
