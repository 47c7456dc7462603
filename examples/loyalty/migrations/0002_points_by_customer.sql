-- GET /points/{customerId} adds up the points of one customer.
create index points_by_customer on points ((state->>'customerId'));
