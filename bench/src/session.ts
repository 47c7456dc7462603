/** Runs one session: starts a system, puts it under each load, checks it, and stops it. */
import { startLoadProcess } from './load/load-process.ts'
import { type OrderForm, skusOf } from './load/order-body.ts'
import { kindsOf } from './measure/cpu.ts'
import { type Measuring, measure } from './measure/measure.ts'
import { noWindow } from './measure/window.ts'
import type { Load } from './plan/loads.ts'
import type { SystemRow } from './plan/rows.ts'
import type { Figures } from './results/figures.ts'
import type { Servers } from './systems/servers.ts'
import { type StartedRow, startRow } from './systems/start-row.ts'
import { addStock } from './systems/system.ts'

export interface SessionOptions {
  readonly servers: Servers
  readonly durations: Durations
  /** The rate that the row reached in a closed loop in the same repeat, if that was measured before. Orders per second. */
  readonly knownRate: number | undefined
  /** Called after each load. */
  readonly onResult: (result: SessionResult) => void
  /** Called with one line for the user. Default: ignores it. */
  readonly report?: (line: string) => void
}

export interface Durations {
  /** Of each measured window, ms. */
  readonly ms: number
  /**
   * Of the load before the first window, ms. Default 12,000: the compiler of V8 then has compiled most of the code. After 4 s, four
   * processes still spent a third more CPU on an order than later.
   */
  readonly warmUpMs?: number
  /** Of a load that only counts, ms. Default 3,000. */
  readonly countedMs?: number
}

export interface SessionResult {
  readonly load: Load
  readonly figures: Figures
}

const defaults = { warmUpMs: 12_000, countedMs: 3_000 }
const inFlightOfWarmUp = 200
const usualForm: OrderForm = { skus: 1, lines: 1 }
/** The duration of a check that is reported, s. With many orders it takes longer than a load. */
const longCheck = 10

/** @throws if an order is not accepted or not settled, or the check of the system finds that it was not right. */
export const runSession = async (
  row: SystemRow,
  loads: readonly Load[],
  options: SessionOptions,
): Promise<SessionResult[]> => {
  await using running = new AsyncDisposableStack()
  const measuring = await start(row, options, running)
  const results: SessionResult[] = []
  for (const load of loads) {
    const rate = results.find((result) => result.load.kind === 'closed')?.figures.rate ?? options.knownRate
    const result = { load, figures: isOverload(load, rate) ? {} : await measure(load, measuring, rate) }
    results.push(result)
    options.onResult(result)
  }
  const begun = performance.now()
  const wrong = await measuring.system.check()
  const seconds = Math.round((performance.now() - begun) / 1_000)
  if (seconds >= longCheck) options.report?.(`checked in ${seconds} s`)
  if (wrong !== null) throw new Error(wrong)
  return results
}

/** Orders would pile up, and a latency would say how long the load lasted. Such a load has no figures. */
const isOverload = (load: Load, closedRate: number | undefined): boolean =>
  load.kind === 'open' && closedRate !== undefined && load.perSecond > closedRate

/** Starts the system and its load, and warms both up. `running` stops them, the load first. */
const start = async (
  row: SystemRow,
  { servers, durations, report = () => undefined }: SessionOptions,
  running: AsyncDisposableStack,
): Promise<Measuring> => {
  const started = await startRow(row, { servers, report })
  running.defer(() => started.system.stop())
  return putUnderLoad(started, { servers, durations, form: row.form ?? usualForm }, running)
}

/** Starts a load for the system, and warms both up. `running` stops the load. */
export const putUnderLoad = async (
  started: StartedRow,
  { servers, durations, form }: Pick<SessionOptions, 'servers' | 'durations'> & { readonly form: OrderForm },
  running: AsyncDisposableStack,
): Promise<Measuring> => {
  const { system } = started
  await addStock(system, skusOf(form))
  const load = await startLoadProcess({ orderUrls: system.orderUrls, database: system.database, form })
  running.defer(() => load.stop())
  const broker = system.vhost === null ? null : await servers.broker()
  const kinds = kindsOf([
    ...(await servers.pids()).map((pid) => [pid, 'bench'] as const), // the system uses some of them
    [process.pid, 'bench'],
    [started.postgres.sessionPid, 'bench'],
    [started.postgres.pid, 'postgres'],
    [broker?.pid ?? null, 'broker'],
    ...system.processes.map(({ kind, child }) => [child.pid, kind] as const),
    [load.pid, 'load'],
    [load.backendPid, 'load'],
  ])
  const all = { ...defaults, ...durations }
  await load.run({ kind: 'closed', inFlight: inFlightOfWarmUp, ms: all.warmUpMs }, noWindow)
  return { ...started, load, durations: all, kinds, brokerMetricsUrl: broker?.metricsUrl ?? null }
}
