/** Measures a running system under one load. */
import { setTimeout as pause } from 'node:timers/promises'
import type { LoadSpec } from '../load/load.ts'
import type { LoadProcess } from '../load/load-process.ts'
import { settledStatement } from '../load/shop.ts'
import type { Load } from '../plan/loads.ts'
import type { Figures } from '../results/figures.ts'
import { withSession } from '../systems/postgres.ts'
import { figuresOfIdle, figuresOfLoad } from './figures-of-window.ts'
import { countStatements, readStatements, stopCountingStatements } from './postgres-counters.ts'
import { beginWindow, noWindow, type Watched } from './window.ts'

export interface Measuring extends Watched {
  readonly load: LoadProcess
  readonly durations: {
    /** Of a measured window, ms. */
    readonly ms: number
    /** Of a load that only counts, ms. */
    readonly countedMs: number
  }
}

/** Idle systems are watched for this time at least, ms, because some of their work is done once a minute. */
const idleMs = 30_000
/** How long to wait after a load before a system counts as idle, ms. Postgres counts the last commits of an idle session after 10 s. */
const calmMs = 12_000

/**
 * @param closedRate - the rate of the closed loop, if it is known, for the load at half of it
 * @throws if an order is not accepted or not settled.
 */
export const measure = async (load: Load, measuring: Measuring, closedRate?: number): Promise<Figures> => {
  const { ms } = measuring.durations
  switch (load.kind) {
    case 'closed':
    case 'open':
      return measureLoad({ ...load, ms }, measuring)
    case 'half':
      if (closedRate === undefined) throw new Error('The load "half" needs the closed loop before it.')
      return measureLoad({ kind: 'open', perSecond: closedRate / 2, ms }, measuring)
    case 'idle':
      return measureIdle(measuring)
    case 'counted':
      return count(load.of, measuring)
    case 'floor':
      throw new Error(`The load ${load.id} is not for a system.`)
  }
}

const measureLoad = async (load: LoadSpec, measuring: Measuring): Promise<Figures> => {
  await tidy(measuring)
  const { measured, readings } = await measuring.load.run(load, () => beginWindow(measuring))
  return figuresOfLoad(readings, measured)
}

const measureIdle = async (measuring: Measuring): Promise<Figures> => {
  const { durations } = measuring
  await tidy(measuring)
  await pause(calmMs)
  const window = await beginWindow(measuring)
  const begun = performance.now()
  await pause(Math.max(durations.ms, idleMs))
  const readings = await window.end()
  return figuresOfIdle(readings, performance.now() - begun)
}

/**
 * Vacuums all databases, because otherwise the autovacuum would clean up after the load before at an unknown moment. Then makes a
 * checkpoint, because one during the load would add full-page images.
 */
const tidy = async ({ postgres }: Measuring): Promise<void> => {
  const { rows } = await postgres.session.query<{ name: string }>(
    'select datname as name from pg_database where not datistemplate',
  )
  for (const { name } of rows) await withSession(postgres.urlOf(name), (session) => session.query('vacuum (analyze)'))
  await postgres.session.query('checkpoint')
}

/** Counts over a whole load, in which no other orders are in progress. */
const count = async (load: Load, { postgres, load: loadProcess, durations }: Measuring): Promise<Figures> => {
  if (load.kind !== 'closed' && load.kind !== 'open') throw new Error(`The load ${load.id} can't be counted.`)
  await countStatements(postgres.session)
  const { measured } = await loadProcess.run({ ...load, ms: durations.countedMs }, noWindow)
  const statements = await readStatements(postgres.session, settledStatement)
  await stopCountingStatements(postgres.session)
  return { statements: statements / measured.accepted }
}
