#!/bin/sh
# A database for each service, and two roles for it that get into no other: SERVICE_owner makes the tables, SERVICE works with them.
# Run once, by the postgres image, on an empty server. The passwords: those of the demo, or out of files of the folder PASSWORDS,
# named after the roles.
set -eu

password_of() {
  if [ -n "${PASSWORDS:-}" ]; then cat "$PASSWORDS/$1"; else printf '%s-demo' "$1"; fi
}

for service in order payment inventory notification; do
  # Each by itself, or a failure would go unnoticed.
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
psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -d postgres <<'SQL'
revoke connect on database postgres, template1 from public;
SQL
