-- The trace of the order (W3C Trace Context): what a person does about a payment later belongs to it as well.
alter table payment add column traceparent text;
