-- The id of what a message is about, under the name that the envelope gives it. Instances of earlier versions name the old column
-- in every statement: stop all of them before this runs.
alter table outbox rename column order_id to subject;
alter table dead_letter rename column order_id to subject;
alter index dead_letter_order rename to dead_letter_subject;
