/** Runs a plan, and writes its results to a file while it runs. */
import { availableParallelism } from 'node:os'
import type { OrderMessages } from './floors/floor.ts'
import { runFloors } from './floors/session.ts'
import type { Load } from './plan/loads.ts'
import { type Plan, remaining, type Session, sessionsOf } from './plan/plan.ts'
import type { Figures } from './results/figures.ts'
import { appendResult, type Results, readResultFile } from './results/file.ts'
import { warnOfMemoryDisk } from './results/machine.ts'
import type { RunResult } from './results/result.ts'
import { type Durations, runSession, type SessionOptions, type SessionResult } from './session.ts'
import type { Servers } from './systems/servers.ts'

export interface BenchOptions {
  readonly plan: Plan
  readonly servers: Servers
  readonly durations: Durations
  readonly file: string
  /** The runs that the file contains already. */
  readonly done: readonly RunResult[]
  readonly print: (line: string) => void
}

interface FileOptions extends Pick<BenchOptions, 'plan' | 'servers' | 'print'> {
  /** The duration of each measured window, s. */
  readonly seconds: number
}

/** Runs what the file does not contain yet. Resolves to its content. */
export const runIntoFile = async (file: string, { seconds, ...options }: FileOptions): Promise<Results> => {
  options.print(`The results are written to ${file}. After an interruption: npm run bench -- --resume ${file}`)
  const warning = warnOfMemoryDisk()
  if (warning) options.print(warning)
  const { header, runs: done } = readResultFile(file)
  return { header, runs: await runPlan({ ...options, durations: { ms: seconds * 1_000 }, file, done }) }
}

/** Resolves to all runs of the file. A session that goes wrong does not end the benchmark. */
export const runPlan = async (options: BenchOptions): Promise<RunResult[]> => {
  const { plan, servers, durations, file, done, print } = options
  const sessions = remaining(sessionsOf(plan), done)
  const report = (line: string) => print(`  ${line}`)
  const runs = [...done]
  const begun = performance.now()
  for (const [index, session] of sessions.entries()) {
    const minutesLeft = (((performance.now() - begun) / index) * (sessions.length - index)) / 60_000
    const left = index === 0 ? '' : `, about ${Math.ceil(minutesLeft)} min left`
    print(`[${index + 1}/${sessions.length}] ${session.row.title}, repeat ${session.repeat} of ${plan.repeats}${left}`)
    const onResult = ({ load, figures }: SessionResult) =>
      report(`${load.id}: ${describe(figures) || 'more than the row can do'}`)
    const results = await outcomesOf(session, { servers, durations, runs, onResult, report })
    for (const result of results) appendResult(file, result)
    runs.push(...results)
    for (const reason of new Set(results.flatMap(({ wrong }) => wrong ?? []))) report(`WRONG: ${reason}`)
  }
  return runs
}

interface MeasureOptions extends Omit<SessionOptions, 'knownRate'> {
  readonly runs: readonly RunResult[]
}

/** If one load of a session goes wrong, all of them are, because the check covers the whole session. */
const outcomesOf = async (session: Session, options: MeasureOptions): Promise<RunResult[]> => {
  const { row, repeat, loads } = session
  const result = (load: Load, outcome: Pick<RunResult, 'figures' | 'wrong'>): RunResult => ({
    type: 'result',
    row: row.id,
    load: load.id,
    repeat,
    at: new Date().toISOString(),
    ...outcome,
  })
  const { runs, durations } = options
  try {
    const results =
      row.kind === 'floors'
        ? await runFloors(session, { ...options, ms: durations.ms / 2, messages: messagesOf(runs) })
        : await runSession(row, loads, { ...options, knownRate: rateOf(session, runs) })
    return results.map(({ load, figures }) => result(load, { figures, wrong: null }))
  } catch (error) {
    const wrong = error instanceof Error ? error.message : String(error)
    return loads.map((load) => result(load, { figures: {}, wrong }))
  }
}

/** The messages of an order of the product over RabbitMQ, in the last run that counted them. Null without such a run. */
const messagesOf = (runs: readonly RunResult[]): OrderMessages | null => {
  const counted = runs.findLast(
    ({ row, load, figures }) => row === 'rabbitmq' && load === 'closed' && figures.published,
  )
  const { published, delivered, receivedBytes } = counted?.figures ?? {}
  if (!published || !delivered || !receivedBytes) return null
  return { published, delivered, bytes: receivedBytes / published }
}

/** The rate of the row's closed loop in this repeat, if an interrupted run measured it. */
const rateOf = ({ row, repeat }: Session, runs: readonly RunResult[]): number | undefined =>
  runs.find((run) => run.row === row.id && run.repeat === repeat && run.load === 'closed')?.figures.rate

const describe = ({
  rate,
  settledP50,
  cpu,
  statements,
  coreServices,
  corePostgres = 0,
  coreBroker = 0,
}: Figures): string =>
  [
    rate === undefined ? [] : `${rate.toFixed(rate < 10 ? 1 : 0)}/s`,
    settledP50 === undefined ? [] : `p50 ${settledP50.toFixed(1)} ms`,
    cpu === undefined ? [] : `${cpu.toFixed(2)} ms of CPU each`,
    statements === undefined ? [] : `${statements.toFixed(1)} statements an order`,
    coreServices === undefined ? [] : `${(coreServices + corePostgres + coreBroker).toFixed(1)} % of a core`,
  ]
    .flat()
    .join(', ')

/** One line about the machine during the runs. Null if other programs used little. */
export const warnOfOthers = (runs: readonly RunResult[]): string | null => {
  const shares = runs.flatMap(({ figures: { others = 0, stolen = 0 } }) => others + stolen)
  const busy = shares.filter((share) => share > 10)
  if (busy.length === 0) return null
  return (
    `In ${busy.length} of ${shares.length} runs other programs or machines used more than 10 % of the ` +
    `${availableParallelism()} processors: the figures are too low.`
  )
}
