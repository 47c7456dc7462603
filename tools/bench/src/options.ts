/** The flags of `npm run bench`. */
import { readFlags } from '@quadrille/command-line'
import { type Mode, modes } from './systems.ts'

export const help = `Usage: npm run bench -- [--mode embedded|rabbitmq] [--seconds 10] [--in-flight 200] [--rate 50] [--instances 1]
       npm run bench -- --overload [--mode embedded|rabbitmq] [--seconds 10] [--burst 20000]
       npm run bench -- --hot-key [--mode embedded|rabbitmq] [--seconds 10] [--in-flight 200] [--instances 1]
       npm run bench -- --locked [--mode embedded|rabbitmq] [--seconds 10] [--in-flight 200] [--instances 1]
       npm run bench -- --tracing [--ratio 0.1] [--mode embedded|rabbitmq] [--seconds 10] [--in-flight 200]

Starts a Postgres, the product and, for rabbitmq, a RabbitMQ, all of its own; places orders over HTTP; prints what it saw.
Without --mode both are measured, one after the other. Everything runs on this machine, the load too.

  --seconds    how long each load lasts, after 3 s to warm up
  --in-flight  orders on their way at a time, for the rate
  --rate       orders placed a second, for the latency
  --instances  processes of each service, for rabbitmq; the load goes to the first order service
  --overload   compares three times, in turns, what is settled at capacity with what is settled while three times as much is
               offered and the bound on open orders is reached, here 2,000; then places a quarter of --burst and --burst orders
               at once, with a slow gateway. Fails where anything but 202, 429 and 503 is answered, where an order that was
               accepted isn't fulfilled, or where more offered orders take more than twice the memory
  --hot-key    compares three times, in turns, orders of two SKUs out of 1,000 with orders that all want the same one
  --locked     compares three times, in turns, the product alone with one where another session holds the rows of 16 orders
  --tracing    compares, in turns of 2 s, the product without tracing, and with a --ratio of its orders traced`

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
  /** How long each load lasts, ms. */
  readonly ms: number
  readonly inFlight: number
  /** Orders placed a second, for the latency. */
  readonly perSecond: number
  readonly burst: number
  /** Processes of each service, over RabbitMQ. */
  readonly instances: number
  /** The share of orders that are traced. */
  readonly ratio: number
}

/** Null where only the help is wanted. @throws one line that says what is wrong. */
export const readOptions = (args: readonly string[]): BenchOptions | null => {
  const { values } = readFlags('npm run bench', { args: [...args], options: flags })
  if (values.help) return null
  const wanted = modes.filter((mode) => values.mode === undefined || values.mode === mode)
  if (wanted.length === 0) throw new Error(`--mode must be one of ${modes.join(', ')}.`)
  return {
    modes: wanted,
    measure: comparisons.find((name) => values[name]) ?? 'speed',
    ms: number('--seconds', values.seconds) * 1_000,
    inFlight: number('--in-flight', values['in-flight']),
    perSecond: number('--rate', values.rate),
    burst: number('--burst', values.burst),
    instances: number('--instances', values.instances),
    ratio: number('--ratio', values.ratio),
  }
}

/** @throws where a flag isn't a number above 0. */
const number = (flag: string, text: string): number => {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`${flag} must be a number above 0, not ${text}.`)
  return value
}
