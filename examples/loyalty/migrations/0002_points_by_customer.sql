-- Up Migration

-- GET /points/{customerId} adds up the points of one customer.
create index points_by_customer on points ((state->>'customerId'));

-- Down Migration
drop index points_by_customer;
