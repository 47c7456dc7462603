#!/bin/sh
# Creates a database for each service, and two roles that can use no other database: SERVICE_owner creates the tables, SERVICE
# reads and writes rows. The postgres image runs it once, on an empty server. The passwords are those of the demo, or come from
# files of the folder PASSWORDS, named after the roles.
set -eu

password_of() {
  if [ -n "${PASSWORDS:-}" ]; then cat "$PASSWORDS/$1"; else printf '%s-demo' "$1"; fi
}

for service in order payment inventory notification shipping; do
  # In separate statements, because otherwise a failure would not end the script.
  password=$(password_of "$service")
  owner_password=$(password_of "${service}_owner")
  psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -d postgres -v role="$service" -v password="$password" \
    -v owner="${service}_owner" -v owner_password="$owner_password" -v database="quadrille_$service" <<'SQL'
create role :"role" login password :'password';
create role :"owner" login password :'owner_password';
create database :"database" owner :"owner";
revoke all on database :"database" from public;
grant connect on database :"database" to :"role";
SQL
done
