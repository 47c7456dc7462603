/** The flags of `npm run bench`. */
import { readFlags } from '@quadrille/command-line'
import { type Mode, modes } from './systems.ts'

export const help = `Usage: npm run bench -- [--mode embedded|rabbitmq] [--seconds 10] [--in-flight 200] [--rate 50] [--instances 1]
       npm run bench -- --overload [--mode embedded|rabbitmq] [--seconds 10] [--burst 20000]
       npm run bench -- --hot-key [--mode embedded|rabbitmq] [--seconds 10] [--in-flight 200] [--instances 1]
       npm run bench -- --locked [--mode embedded|rabbitmq] [--seconds 10] [--in-flight 200] [--instances 1]
       npm run bench -- --tracing [--ratio 0.1] [--mode embedded|rabbitmq] [--seconds 10] [--in-flight 200]

Starts a Postgres, the services, and a RabbitMQ for the mode rabbitmq. Places orders over HTTP, and prints the throughput and
the latency. Without --mode it measures both modes in turn. Everything runs on this machine, including the load.

  --seconds    the duration of each load, after a warm-up of 3 s
  --in-flight  the number of concurrent orders while the throughput is measured
  --rate       orders per second while the latency is measured
  --instances  processes of each service, in the mode rabbitmq; the load goes to the first process of the order service
  --overload   compares the throughput at capacity with the throughput at three times that load, with a limit of 2,000 open
               orders, in three alternating rounds. Then places a quarter of --burst orders at once, and then --burst orders,
               with a slow gateway. Fails if a response is not 202, 429 or 503, if an accepted order is not fulfilled, or if
               the larger burst takes more than twice the memory of the smaller one
  --hot-key    compares orders of two SKUs out of 1,000 with orders of a single SKU, in three alternating rounds
  --locked     compares the throughput with and without a session that locks the rows of 16 orders, in three alternating rounds
  --tracing    compares the throughput without tracing with the throughput when a --ratio of the orders is traced, in
               alternating slices of 2 s
  --help       prints this help`

const flags = {
  mode: { type: 'string' },
  seconds: { type: 'string', default: '10' },
  'in-flight': { type: 'string', default: '200' },
  rate: { type: 'string', default: '50' },
  overload: { type: 'boolean', default: false },
  'hot-key': { type: 'boolean', default: false },
  locked: { type: 'boolean', default: false },
  tracing: { type: 'boolean', default: false },
  ratio: { type: 'string', default: '0.1' },
  burst: { type: 'string', default: '20000' },
  instances: { type: 'string', default: '1' },
  help: { type: 'boolean', default: false },
} as const

const comparisons = ['overload', 'hot-key', 'locked', 'tracing'] as const

export interface BenchOptions {
  readonly modes: readonly Mode[]
  readonly measure: 'speed' | (typeof comparisons)[number]
  /** The duration of each load, ms. */
  readonly ms: number
  readonly inFlight: number
  /** Orders per second, to measure the latency. */
  readonly perSecond: number
  readonly burst: number
  /** Processes of each service, with RabbitMQ. */
  readonly instances: number
  /** The share of orders that are traced. */
  readonly ratio: number
}

/** Null if only the help is requested. @throws one line with the error. */
export const readOptions = (args: readonly string[]): BenchOptions | null => {
  const { values } = readFlags('npm run bench', { args: [...args], options: flags })
  if (values.help) return null
  const wanted = modes.filter((mode) => values.mode === undefined || values.mode === mode)
  if (wanted.length === 0) throw new Error(`--mode must be one of ${modes.join(', ')}.`)
  const [measure = 'speed', another] = comparisons.filter((name) => values[name])
  if (another) throw new Error(`--${measure} and --${another} can't be combined.`)
  return {
    modes: wanted,
    measure,
    ms: number('--seconds', values.seconds) * 1_000,
    inFlight: number('--in-flight', values['in-flight']),
    perSecond: number('--rate', values.rate),
    burst: number('--burst', values.burst),
    instances: number('--instances', values.instances),
    ratio: number('--ratio', values.ratio),
  }
}

/** @throws if a flag is not a number above 0. */
const number = (flag: string, text: string): number => {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`${flag} must be a number above 0, not ${text}.`)
  return value
}
