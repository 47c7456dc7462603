#!/bin/sh
# Creates the role audit, which may read the rows of each service's database, and nothing else. The postgres image runs it on an
# empty server, after databases.sh. It may be repeated: on an existing server an operator runs it (docs/accounts.md). The
# predefined role pg_read_all_data would also read the hashes of passwords. The password is not an argument, and is not logged
# (databases.sh).
set -eu

if [ -z "${PASSWORDS:-}" ]; then
  password=audit-demo
elif [ -f "$PASSWORDS/audit" ]; then
  password=$(cat "$PASSWORDS/audit")
else
  echo "There is no password of the role audit, so it is not created: see docs/accounts.md."
  exit 0
fi
PASSWORD=$password psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet -U "$POSTGRES_USER" -d postgres <<'SQL'
\getenv password PASSWORD
set log_statement = none;
set log_min_duration_statement = -1;
set log_min_error_statement = panic;
select 'create role audit' where not exists (select from pg_roles where rolname = 'audit') \gexec
alter role audit login connection limit 20 password :'password';
SQL

for service in order payment inventory notification shipping; do
  psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet -U "$POSTGRES_USER" -d "quadrille_$service" \
    -v owner="${service}_owner" -v database="quadrille_$service" <<'SQL'
grant connect on database :"database" to audit;
alter default privileges for role :"owner" grant usage on schemas to audit;
alter default privileges for role :"owner" grant select on tables to audit;
select format('grant usage on schema %1$I to audit; grant select on all tables in schema %1$I to audit', nspname)
from pg_namespace where nspname !~ '^(pg_|information_schema$)' \gexec
SQL
done
