import { setTimeout as pause } from 'node:timers/promises'
import { serviceNames } from '@quadrille/events'
import { faultOf } from '@quadrille/postgres'
import type { Random } from '@quadrille/testing'
import { roleOf } from '../world/databases.ts'
import { query } from '../world/query.ts'
import type { World } from '../world/world.ts'
import { type Fault, type Heal, hitNothing } from './fault.ts'

const againAfterMs = 200

/** A column that a newer version has added to a table, while the older version still runs; and a revoked privilege. */
export const schemaFaults = ({ databases }: World, random: Random): Fault[] =>
  serviceNames.flatMap((service): Fault[] => {
    const url = databases[service]
    const one = { target: service, part: `schema of ${service}` }
    return [
      {
        ...one,
        kind: 'column added',
        lastsMs: [1_000, 8_000],
        inject: async () => {
          const table = await anyTable(url, random)
          const column = random.pick(['text', 'integer not null default 0'])
          return change(url, table, {
            inject: `alter table ${table} add column if not exists added_by_chaos ${column}`,
            heal: `alter table ${table} drop column if exists added_by_chaos`,
          })
        },
      },
      {
        ...one,
        kind: 'grant revoked',
        lastsMs: [1_000, 8_000],
        inject: async () => {
          const table = await anyTable(url, random)
          const right = random.pick(['select', 'insert', 'update', 'delete'])
          return change(url, table, {
            inject: `revoke ${right} on ${table} from ${roleOf(service)}`,
            heal: `grant ${right} on ${table} to ${roleOf(service)}`,
          })
        },
      },
    ]
  })

/** Null if Postgres is unavailable. */
const anyTable = async (url: string, random: Random): Promise<string | null> => {
  const tables = await query<{ name: string }>(
    url,
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by name`,
  ).catch(nothingWhileAway)
  return tables.length > 0 ? random.pick(tables).name : null
}

const nothingWhileAway = (error: unknown): [] => {
  if (isPassing(error)) return []
  throw error
}

/** Postgres is unavailable, or the table is locked, because of another fault. */
const isPassing = (error: unknown): boolean => faultOf(error) === 'unavailable' || faultOf(error) === 'conflict'

/** A statement may have been executed although its answer is lost, so the fault is always ended. */
const change = async (
  url: string,
  table: string | null,
  { inject, heal }: { inject: string; heal: string },
): Promise<Heal> => {
  if (table === null) return hitNothing
  const healed = () => untilCarriedOut(url, heal)
  if (await isCarriedOut(url, inject)) return healed
  await healed()
  return hitNothing
}

/** False if another fault prevents it. */
const isCarriedOut = async (url: string, statement: string): Promise<boolean> => {
  try {
    await query(url, statement)
    return true
  } catch (error) {
    if (isPassing(error)) return false
    throw error
  }
}

const untilCarriedOut = async (url: string, statement: string): Promise<void> => {
  while (!(await isCarriedOut(url, statement))) await pause(againAfterMs)
}
