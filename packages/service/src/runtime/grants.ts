import { withDatabase } from './with-database.ts'

/**
 * Grants a role access to the service's tables: it may read and write rows, and nothing else. It may only read the
 * applied migrations and the service's name, and only add operations. Retention deletes those on dead letters together with the dead letter,
 * which the role may delete. Does not affect other roles. May be repeated.
 */
export const grantWork = (ownerUrl: string, role: string): Promise<void> =>
  withDatabase(ownerUrl, (database) =>
    database.transaction(async (sql) => {
      await sql.query(`select set_config('quadrille.role', $1, true)`, [role])
      await sql.query(grants)
    }),
  )

/** Names can't be parameters of `grant`. */
const grants = `
do $$
declare
  role text := current_setting('quadrille.role');
  schema text;
  migrations text;
begin
  for schema in select nspname from pg_namespace where nspname !~ '^(pg_|information_schema$)' loop
    execute format('grant usage on schema %I to %I', schema, role);
    execute format('grant select, insert, update, delete on all tables in schema %I to %I', schema, role);
    execute format('grant usage on all sequences in schema %I to %I', schema, role);
  end loop;
  for migrations in select format('%I.%I', schemaname, tablename) from pg_tables where tablename ~ '_migration$' loop
    execute format('revoke insert, update, delete on %s from %I', migrations, role);
  end loop;
  execute format('revoke update, delete on service from %I', role);
  execute format('revoke update, delete on dead_letter_operation, operation, operation_outcome from %I', role);
end
$$`
