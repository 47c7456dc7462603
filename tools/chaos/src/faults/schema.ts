import { setTimeout as pause } from 'node:timers/promises'
import { serviceNames } from '@quadrille/events'
import { transientFaultOf } from '@quadrille/postgres'
import type { Random } from '@quadrille/testing'
import { roleOf } from '../world/databases.ts'
import { query } from '../world/query.ts'
import type { World } from '../world/world.ts'
import { type Fault, type Heal, noTarget } from './fault.ts'

const retryAfterMs = 200

/** The longest outage of Postgres by several faults, and more, ms. */
const healWithinMs = 120_000

/**
 * A column that a newer version adds while the older version runs; and a revoked privilege. No instance starts while
 * its service lacks a privilege, because it would exit: that is a wrong configuration.
 */
export const schemaFaults = ({ databases, instances }: World, random: Random): Fault[] =>
  serviceNames.flatMap((service): Fault[] => {
    const url = databases[service]
    const schema = `schema of ${service}`
    const itsInstances = instances.filter((instance) => instance.service === service).map(({ name }) => name)
    return [
      {
        kind: 'column added',
        target: service,
        parts: [schema],
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
        kind: 'grant revoked',
        target: service,
        parts: [schema, ...itsInstances],
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
  ).catch(emptyWhileUnavailable)
  return tables.length > 0 ? random.pick(tables).name : null
}

const emptyWhileUnavailable = (error: unknown): [] => {
  if (transientFaultOf(error) !== null) return []
  throw error
}

/** Ends the fault even if the statement has failed, because it may have been executed although its answer was lost. */
const change = async (
  url: string,
  table: string | null,
  { inject, heal }: { inject: string; heal: string },
): Promise<Heal> => {
  if (table === null) return noTarget
  const healFault = () => executeUntilDone(url, heal)
  if (await tryExecute(url, inject)) return healFault
  await healFault()
  return noTarget
}

/** False if another fault prevents it. */
const tryExecute = async (url: string, statement: string): Promise<boolean> => {
  try {
    await query(url, statement)
    return true
  } catch (error) {
    if (transientFaultOf(error) !== null) return false
    throw error
  }
}

const executeUntilDone = async (url: string, statement: string): Promise<void> => {
  const deadline = performance.now() + healWithinMs
  while (!(await tryExecute(url, statement))) {
    if (performance.now() > deadline) throw new Error(`This fails for ${healWithinMs / 1_000} s: ${statement}`)
    await pause(retryAfterMs)
  }
}
