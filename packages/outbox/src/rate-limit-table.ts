/**
 * Token buckets in Postgres: rate limits that hold over all instances of a service, and over a restart. A bucket holds one second's
 * worth of permits, at least one.
 */
import { parameterTable, type Sql } from '@quadrille/postgres'

export interface RateLimit {
  readonly name: string
  /** The number of permits that become available per second. */
  readonly perSecond: number
}

export interface Granted {
  /** The number of permits, from 0 to the wanted number. */
  readonly count: number
  /** When the next permit becomes available, ms from now. */
  readonly nextInMs: number
}

/** Creates a full bucket for each limit that has none. */
export const insertRateLimits = async (sql: Sql, limits: readonly RateLimit[]): Promise<void> => {
  await sql.query(
    `insert into rate_limit (name, full_at) select name, statement_timestamp() from unnest($1::text[]) as limits (name)
     on conflict do nothing`,
    [limits.map(({ name }) => name)],
  )
}

const given = parameterTable({ name: 'text', per_second: 'float' })

/**
 * Takes up to `wanted` permits from each of the buckets: as many as all of them have. Undefined if a bucket does not exist. The time
 * is that of the statement's start, so a wait for another instance never adds permits. A bucket is full at the latest a second after
 * the time that the present rate needs: a higher rate than before, or a clock that was set back, delays no permit for longer.
 */
export const takePermits = async (
  sql: Sql,
  limits: readonly RateLimit[],
  wanted: number,
): Promise<Granted | undefined> => {
  const [granted] = await sql.query<Granted>(
    `with locked as (
       select name, per_second, full_at as stored,
              statement_timestamp() + (greatest(1, per_second) / per_second + 1) * interval '1 second' as latest
       from rate_limit join ${given.sql} as limits using (name)
       order by name for update of rate_limit
     ), bounded as (
       select name, per_second, stored > latest as is_late,
              least(greatest(stored, statement_timestamp()), latest) as full_at
       from locked
     ), available as (
       select name, per_second, is_late, full_at,
              greatest(1, per_second) - per_second * extract(epoch from full_at - statement_timestamp())::float as permits
       from bounded
     ), granted as (
       select greatest(0, least(${given.after(1)}, floor(min(permits) + 1e-6)))::integer as count from available
       having count(*) = cardinality($1::text[])
     ), taken as (
       update rate_limit set full_at = available.full_at + count / per_second * interval '1 second'
       from available, granted where rate_limit.name = available.name and (count > 0 or is_late)
     )
     select count, (select max(greatest(0, 1 - (permits - count)) / per_second) * 1000 from available)::float as "nextInMs"
     from granted`,
    [...given.values(limits.map(({ name, perSecond }) => ({ name, per_second: perSecond }))), wanted],
  )
  return granted
}
