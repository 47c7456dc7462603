import { readFlags, UsageError } from '@quadrille/command-line'

export interface FuzzOptions {
  /** The number of requests, one in five of them as raw bytes. */
  readonly requests: number
  /** The same seed generates the same requests. */
  readonly seed: number
  /** The time limit, s. Requests that are not sent by then fail a check. */
  readonly seconds: number
}

export const help = `Usage: npm run fuzz [-- --requests 20000] [--seed N] [--seconds 600]

Starts npm start in a temporary folder, on free ports, and sends hostile HTTP requests to all services: every route and method
with wrong fields, queries, ids and headers, and raw bytes that violate the protocol or are too slow. Then it checks that

  all requests were sent within --seconds
  no response is a server error (5xx), except for 503 with Retry-After
  each error response is a problem document of at most 64 kB
  no response took longer than 10 s, and no request of an allowed size got none
  no service exited or restarted
  the services printed only log lines
  the heap and the buffers have not grown, after a garbage collection
  a valid order is fulfilled
  every order is settled
  every photo is ready or rejected
  all invariants of npm run audit hold

The last line shows the number of checks that passed and failed. All requests go to 127.0.0.1.

  --requests  the number of requests; default 20000
  --seed      a whole number that determines the requests; default: a random one, which is printed
  --seconds   the time limit; the run fails if it has not sent all requests by then; default 600
  --help      prints this help`

const options = {
  requests: { type: 'string', default: '20000' },
  seed: { type: 'string' },
  seconds: { type: 'string', default: '600' },
  help: { type: 'boolean', default: false },
} as const

/** Null if the help is requested. @throws one line with the error. */
export const readOptions = (args: readonly string[]): FuzzOptions | null => {
  const { requests, seed, seconds, help } = readFlags('npm run fuzz', { args: [...args], options }).values
  if (help) return null
  return {
    requests: whole(['--requests', requests], 1, 100_000_000),
    seed: seed === undefined ? Math.floor(Math.random() * 2 ** 31) : whole(['--seed', seed], 0, 2 ** 31),
    seconds: whole(['--seconds', seconds], 1, 86_400),
  }
}

const whole = ([name, text]: readonly [string, string], min: number, max: number): number => {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= min && number <= max) return number
  throw new UsageError(`${name} must be a whole number from ${min} to ${max}, not "${text}".`)
}
