import { withDatabase } from './with-database.ts'

/**
 * Grants a role access to the tables of the role that owns those of the service: it may read and write rows, and nothing else. It may only read the
 * applied migrations and the service's name, and only add operations. Retention deletes those on dead letters together with the dead letter,
 * which the role may delete. Does not affect other roles. May be repeated.
 * @throws if the role of the URL may not act for the owner, so that its grants would have no effect.
 */
export const grantWork = (ownerUrl: string, role: string): Promise<void> =>
  withDatabase(ownerUrl, (database) =>
    database.transaction(async (sql) => {
      await sql.query(`select set_config('quadrille.role', $1, true)`, [role])
      await sql.query(grants)
    }),
  )

/** Names can't be parameters of `grant`. The database may have tables of others, such as those of a monitoring agent. */
const grants = `
do $$
declare
  role text := current_setting('quadrille.role');
  schema record;
  migrations text;
  owner oid := (select relowner from pg_class where oid = 'service'::regclass);
begin
  if not pg_has_role(owner, 'usage') then
    raise insufficient_privilege
      using message = format('the table service belongs to the role %s: set DATABASE_URL to that role', pg_get_userbyid(owner));
  end if;
  for schema in
    select nspname as name,
           string_agg(format('%I.%I', nspname, relname), ', ') filter (where relkind <> 'S') as tables,
           string_agg(format('%I.%I', nspname, relname), ', ') filter (where relkind = 'S') as sequences
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where relowner = owner and relkind in ('r', 'p', 'v', 'm', 'S')
      and nspname !~ '^(pg_|information_schema$)'
    group by nspname
  loop
    execute format('grant usage on schema %I to %I', schema.name, role);
    if schema.tables is not null then
      execute format('grant select, insert, update, delete on %s to %I', schema.tables, role);
    end if;
    if schema.sequences is not null then
      execute format('grant usage on sequence %s to %I', schema.sequences, role);
    end if;
  end loop;
  for migrations in
    select format('%I.%I', schemaname, tablename) from pg_tables
    where tablename ~ '_migration$' and tableowner = pg_get_userbyid(owner)
  loop
    execute format('revoke insert, update, delete on %s from %I', migrations, role);
  end loop;
  execute format('revoke update, delete on service from %I', role);
  execute format('revoke update, delete on dead_letter_operation, operation, operation_outcome from %I', role);
end
$$`
