import { readFlags } from '@quadrille/command-line'
import { serviceNames } from '@quadrille/events'

export interface FuzzOptions {
  /** How many are sent, one in five of them as raw bytes. */
  readonly requests: number
  /** Repeats what is sent. */
  readonly seed: number
  /** The time after which no more are sent, s. What is left then is a failed check. */
  readonly seconds: number
  /** Of a shop that runs on 127.0.0.1 already, in the order of `serviceNames`; null starts one. */
  readonly ports: readonly number[] | null
}

export const help = `Usage: npm run fuzz [-- --requests 20000] [--seed N] [--seconds 600] [--ports ${serviceNames.join(',').toUpperCase()}]

Sends hostile HTTP requests to all services of a shop: every route and method with fields, queries, ids and headers that are wrong
in many ways, and raw bytes that break the protocol or go on too slowly. Then it checks that

  all requests were sent within --seconds
  no answer was a fault of the service (5xx); 503 with Retry-After is none
  no refusal was larger than 64 kB, and each was a problem document
  no answer took longer than 10 s
  no service ended or started again
  the heap is as large as before, after a garbage collection (only of a shop that it has started)
  a good order is fulfilled and settled
  all invariants of npm run audit hold

The last line says how many of these held and how many didn't. Everything is sent to 127.0.0.1.

  --requests  how many are sent; default 20000
  --seed      a whole number that repeats what is sent; default a new one, which is printed. Answers may come in another order
  --seconds   no more are sent after this time, and the run fails if some are left; default 600
  --ports     a shop that runs already, its operations on the same ports; DATA_DIR and so on lead npm run audit to its databases.
              Default: it starts npm start in a temporary folder, on free ports
  --help      prints this`

const options = {
  requests: { type: 'string', default: '20000' },
  seed: { type: 'string' },
  seconds: { type: 'string', default: '600' },
  ports: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

/** @throws {UsageError} one line that says what is wrong. Null: only the help is wanted. */
export const readOptions = (args: readonly string[]): FuzzOptions | null => {
  const { requests, seed, seconds, ports, help } = readFlags('npm run fuzz', { args: [...args], options }).values
  if (help) return null
  return {
    requests: whole(['--requests', requests], 1, 100_000_000),
    seed: seed === undefined ? Math.floor(Math.random() * 2 ** 31) : whole(['--seed', seed], 0, 2 ** 31),
    seconds: whole(['--seconds', seconds], 1, 86_400),
    ports: ports === undefined ? null : readPorts(ports),
  }
}

const readPorts = (text: string): number[] => {
  const ports = text.split(',').map((port) => whole(['--ports', port], 1, 65_535))
  if (ports.length === serviceNames.length) return ports
  throw new Error(`--ports must have a port for each of ${serviceNames.join(', ')}, as in 3000,3001,3002,3003.`)
}

const whole = ([name, text]: readonly [string, string], min: number, max: number): number => {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= min && number <= max) return number
  throw new Error(`${name} must be a whole number from ${min} to ${max}, not "${text}".`)
}
