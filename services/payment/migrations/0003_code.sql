-- Why a payment is declined, or its refund refused, in the gateway's word: what was said of it can be said again.
alter table payment
  add column code text,
  add constraint payment_code_of_refusal check (code is null or status in ('declined', 'refund_failed'));
