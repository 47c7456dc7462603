-- Until when the worker that sends it has it to itself. Null where no worker has it, or where it has a result.
alter table notification add column claimed_until timestamptz;
