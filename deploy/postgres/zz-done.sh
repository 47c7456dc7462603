#!/bin/sh
# Runs last, by its name: the health check in docker-compose.yml takes this revoked privilege as the end of the initialisation.
set -eu
psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -d postgres <<'SQL'
revoke connect on database postgres, template1 from public;
SQL
