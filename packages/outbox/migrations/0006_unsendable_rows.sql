-- How often a message could not be sent for a reason of its own, and the dead letter of which it is a replay.
alter table outbox
  add column failures  integer not null default 0,
  add column letter_id uuid;

-- A replay that could not be sent is recorded at its letter.
alter table dead_letter_operation
  drop constraint dead_letter_operation_operation_check,
  add constraint dead_letter_operation_operation_check check (operation in ('replay', 'edit', 'discard', 'unsendable'));
