/** The flags of `npm run bench`. */
import { readFlags, UsageError } from '@quadrille/command-line'
import { isLoadName, type LoadName, loadNames } from './plan/loads.ts'
import { type Preset, type PresetName, presets } from './plan/presets.ts'
import { type Mode, modes } from './systems/product.ts'

export const help = `Usage: npm run bench -- [--quick | --full | --growth] [--rows A,B] [--loads A,B] [--repeats N] [--seconds N] [--output FILE]
       npm run bench -- --resume FILE
       npm run bench -- --compare COMMIT [--mode embedded|rabbitmq] [--repeats 6] [--seconds 8] [--output FILE]
       npm run bench -- --report FILE
       npm run bench -- --overload [--mode embedded|rabbitmq] [--seconds 10]
       npm run bench -- --migrations

Starts Postgres, RabbitMQ and each system in turn, places orders over HTTP, checks the result of each run, and prints a table.
Everything runs on this machine, including the load. bench/README.md explains the rows and the columns. Exit code 1 if a run
was wrong.

  without      the forms of the product, the peers and the floors, twice: about 25 minutes
  --quick      one process, RabbitMQ, batches of one message, DBOS: within 5 minutes
  --full       all rows under all loads, three times: more than an hour
  --growth     tables with 1,000 to 1,000,000 orders, and with 10,000 dead letters, beside empty
               ones: about 25 minutes, and 30 GB of disk space
  --rows       the rows, of those in bench/README.md
  --loads      the loads, of ${loadNames.join(', ')}
  --repeats    how often each row is measured
  --seconds    the duration of each load
  --output     the file for the results, one JSON record a line; default: a new file in .bench
  --resume     continues the interrupted run of that file
  --compare    measures another version and this one in turns, in both modes, and prints the ratio of each figure with its
               95 % confidence interval. Exit code 1 if this version is slower
  --report     writes docs/performance.md and its charts from a result file, or again from docs/performance/results.json. Each
               row must have been measured three times, at a commit of this branch
  --overload   compares the throughput at capacity with the throughput at three times that load, with a limit of 2,000 open
               orders, in three alternating rounds. Then places 5,000 orders at once, and then 20,000, with a slow gateway.
               Fails if a response is not 202, 429 or 503, if an accepted order is not fulfilled, or if the larger burst
               takes more than twice the memory of the smaller one
  --migrations times the migrations of the outbox from 0009 on, and those of each service from updates_in_place on, on tables
               with 1,000,000 orders, and shows what they lock
  --mode       only this mode; default: both in turn
  --help       prints this help`

const flags = {
  quick: { type: 'boolean', default: false },
  full: { type: 'boolean', default: false },
  growth: { type: 'boolean', default: false },
  rows: { type: 'string' },
  loads: { type: 'string' },
  repeats: { type: 'string' },
  seconds: { type: 'string' },
  output: { type: 'string' },
  resume: { type: 'string' },
  compare: { type: 'string' },
  report: { type: 'string' },
  overload: { type: 'boolean', default: false },
  migrations: { type: 'boolean', default: false },
  mode: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

const ofRows = ['rows', 'loads', 'repeats', 'seconds', 'output'] as const

/** Flags that exclude each other, each with the flags that have an effect beside it. */
const takes = {
  quick: ofRows,
  full: ofRows,
  growth: ofRows,
  overload: ['mode', 'seconds'],
  migrations: [],
  resume: [],
  compare: ['mode', 'repeats', 'seconds', 'output'],
  report: [],
} as const satisfies Partial<Record<Flag, readonly Flag[]>>

type Flag = keyof typeof flags
type Kind = keyof typeof takes
const kinds = Object.keys(takes) as Kind[]

/** The work that the flags ask for. */
export type BenchCommand =
  | { readonly kind: 'help' | 'migrations' }
  | { readonly kind: 'measure'; readonly preset: Preset; readonly output: string | undefined }
  | { readonly kind: 'resume' | 'report'; readonly file: string }
  | Comparison
  | { readonly kind: 'overload'; readonly modes: readonly Mode[]; readonly ms: number }

export interface Comparison extends Pick<Preset, 'repeats' | 'seconds'> {
  readonly kind: 'compare'
  /** A commit, a tag or a branch. */
  readonly ref: string
  readonly modes: readonly Mode[]
  readonly output: string | undefined
}

/** @throws {UsageError} with one line. */
export const readOptions = (args: readonly string[]): BenchCommand => {
  const { values } = readFlags('npm run bench', { args: [...args], options: flags })
  if (values.help) return { kind: 'help' }
  const given = (Object.keys(values) as Flag[]).filter((name) => values[name] !== undefined && values[name] !== false)
  const [kind, another] = kinds.filter((name) => given.includes(name))
  if (another) throw new UsageError(`--${kind} and --${another} can't be combined.`)
  rejectUnused(kind, given)
  switch (kind) {
    case 'resume':
    case 'report':
      return { kind, file: values[kind] ?? '' }
    case 'compare':
      return { kind, ref: values.compare ?? '', modes: modesOf(values.mode), output: values.output, ...pairsOf(values) }
    case 'overload':
      return { kind, modes: modesOf(values.mode), ms: number('--seconds', values.seconds ?? '10') * 1_000 }
    case 'migrations':
      return { kind }
    default:
      return { kind: 'measure', preset: presetOf(kind ?? 'usual', values), output: values.output }
  }
}

/** @throws {UsageError} for a flag without an effect: the figures would be those of something else. */
const rejectUnused = (kind: Kind | undefined, given: readonly Flag[]): void => {
  const useful: readonly Flag[] = kind === undefined ? ofRows : takes[kind]
  const useless = given.find((name) => name !== kind && !useful.includes(name))
  if (useless === undefined) return
  const subject = kind === undefined ? 'A run without one of the first flags' : `--${kind}`
  const others = useful.length === 0 ? '' : ` It takes ${useful.map((name) => `--${name}`).join(', ')}.`
  throw new UsageError(`${subject} takes no --${useless}.${others}`)
}

interface Narrowing {
  readonly rows?: string | undefined
  readonly loads?: string | undefined
  readonly repeats?: string | undefined
  readonly seconds?: string | undefined
}

const presetOf = (name: PresetName, { rows, loads, repeats, seconds }: Narrowing): Preset => {
  const preset: Preset = presets[name]
  return {
    rows: rows?.split(',') ?? preset.rows,
    loads: loads === undefined ? preset.loads : readLoads(loads),
    firstLoads: loads === undefined ? preset.firstLoads : [],
    repeats: repeats === undefined ? preset.repeats : Math.ceil(number('--repeats', repeats)),
    seconds: seconds === undefined ? preset.seconds : number('--seconds', seconds),
  }
}

/** Two repeats are the least from which an interval can be computed. */
const pairsOf = ({ repeats = '6', seconds = '8' }: Narrowing): Pick<Comparison, 'repeats' | 'seconds'> => ({
  repeats: Math.max(2, Math.ceil(number('--repeats', repeats))),
  seconds: number('--seconds', seconds),
})

const readLoads = (text: string): LoadName[] =>
  text.split(',').map((name) => {
    if (isLoadName(name)) return name
    throw new UsageError(`There is no load ${name}. The loads are ${loadNames.join(', ')}.`)
  })

const modesOf = (text: string | undefined): Mode[] => {
  const wanted = modes.filter((mode) => text === undefined || text === mode)
  if (wanted.length === 0) throw new UsageError(`--mode must be one of ${modes.join(', ')}.`)
  return wanted
}

/** @throws if a flag is not a number above 0. */
const number = (flag: string, text: string): number => {
  const value = Number(text)
  if (!(value > 0)) throw new UsageError(`${flag} must be a number above 0, not ${text}.`)
  return value
}
