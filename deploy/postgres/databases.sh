#!/bin/sh
# Creates a database for each service, and two roles that can use no other database: SERVICE_owner creates the tables, SERVICE
# reads and writes rows. The postgres image runs it once, on an empty server. The passwords are those of the demo, or come from
# files of the folder PASSWORDS, named after the roles.
#
# Passwords are not arguments, which every user of the machine can see. Postgres does not log them, not even if a statement fails.
# The connection limits keep connections free for the other services: Postgres has 100, and an instance needs 9.
set -eu

password_of() {
  if [ -n "${PASSWORDS:-}" ]; then cat "$PASSWORDS/$1"; else printf '%s-demo' "$1"; fi
}

for service in order payment inventory notification shipping; do
  # In separate statements, because otherwise a failure would not end the script.
  password=$(password_of "$service")
  owner_password=$(password_of "${service}_owner")
  PASSWORD=$password OWNER_PASSWORD=$owner_password psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -d postgres \
    -v role="$service" -v owner="${service}_owner" -v database="quadrille_$service" <<'SQL'
\getenv password PASSWORD
\getenv owner_password OWNER_PASSWORD
set log_statement = none;
set log_min_duration_statement = -1;
set log_min_error_statement = panic;
create role :"role" login connection limit 50 password :'password';
create role :"owner" login connection limit 10 password :'owner_password';
create database :"database" owner :"owner";
revoke all on database :"database" from public;
grant connect on database :"database" to :"role";
SQL
done
