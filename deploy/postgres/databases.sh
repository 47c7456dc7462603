#!/bin/sh
# A database for each service, and a role that owns it and gets into no other. Run once, by the postgres image, on an empty server.
# The passwords: those of the demo, or out of files of the folder PASSWORDS, named after the services.
set -eu

password_of() {
  if [ -n "${PASSWORDS:-}" ]; then cat "$PASSWORDS/$1"; else printf '%s-demo' "$1"; fi
}

for service in order payment inventory notification; do
  password=$(password_of "$service") # by itself, or a failure would go unnoticed
  psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -d postgres -v role="$service" -v password="$password" \
    -v database="quadrille_$service" <<'SQL'
create role :"role" login password :'password';
create database :"database" owner :"role";
revoke all on database :"database" from public;
SQL
done
psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -d postgres <<'SQL'
revoke connect on database postgres, template1 from public;
SQL
