-- Up Migration

-- A message waits at most once in each queue. Of several copies, the one with the most attempts is kept. The bytes are compared too,
-- because different messages may have the same id, or none.
delete from retry where key = any(array(
  select key from (
    select key, row_number() over (
      partition by message ->> 'id', queue, exchange, sha256(body) order by attempts desc, key desc
    ) as place
    from retry
  ) as copy
  where place > 1
));
create unique index retry_message on retry ((message ->> 'id'), queue, exchange, sha256(body));

-- Down Migration
drop index retry_message;
