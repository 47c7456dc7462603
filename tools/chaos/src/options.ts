import { readFlags, UsageError } from '@quadrille/command-line'

export interface ChaosOptions {
  /** How long orders arrive and faults are injected. */
  readonly minutes: number
  /** Repeats a plan of faults. */
  readonly seed: number
  /** RabbitMQ nodes. */
  readonly nodes: number
  /** Orders per second. */
  readonly rate: number
  /** The average interval between two faults, s. */
  readonly every: number
  /** Only kinds of faults with this text in their names, ignoring case. */
  readonly only: string
}

export const help = `Usage: npm run chaos -- [--minutes 5] [--seed N] [--nodes 3] [--rate 20] [--every 4] [--only TEXT]

Starts a separate Postgres, a RabbitMQ cluster and two instances of each service. Places orders and injects faults at random
moments. Then ends all faults, waits until every order is settled, and audits all databases, the gateway and the broker.
The last line has the number of checks that passed and failed.

  --minutes  how long orders arrive and faults are injected; default 5
  --seed     a whole number; the same one gives the same plan of faults; default a new one, which is printed
  --nodes    RabbitMQ nodes: 1 or 3; default 3
  --rate     orders per second; default 20
  --every    seconds between two faults, on average; default 4
  --only     only the kinds of faults with this text in their names, ignoring case, such as --only killed

RABBITMQ_ROOT selects another RabbitMQ than the installed one: docs/testing.md`

/** The command that repeats the plan of a run. */
export const commandOf = ({ minutes, seed, nodes, rate, every, only }: ChaosOptions): string =>
  `npm run chaos -- --minutes ${minutes} --seed ${seed} --nodes ${nodes} --rate ${rate} --every ${every}${only === '' ? '' : ` --only '${only}'`}`

/**
 * Null if only the help is requested.
 * @throws {UsageError} with one line.
 */
export const readOptions = (args: readonly string[]): ChaosOptions | null => {
  const { values } = readFlags('npm run chaos', {
    args: [...args],
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      nodes: { type: 'string', default: '3' },
      rate: { type: 'string', default: '20' },
      every: { type: 'string', default: '4' },
      only: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const options = {
    minutes: between(0.1, 600, ['--minutes', values.minutes]),
    seed: whole(0, 2 ** 31, ['--seed', values.seed]),
    nodes: whole(1, 3, ['--nodes', values.nodes]),
    rate: between(1, 200, ['--rate', values.rate]),
    every: between(0.5, 600, ['--every', values.every]),
    only: values.only,
  }
  if (options.nodes === 2) throw new UsageError('--nodes must be 1 or 3: two nodes have no majority without both.')
  return options
}

const between = (min: number, max: number, [name, text]: readonly [string, string]): number => {
  const number = Number(text)
  if (text.trim() !== '' && number >= min && number <= max) return number
  throw new UsageError(`${name} must be a number from ${min} to ${max}, not "${text}".`)
}

const whole = (min: number, max: number, [name, text]: readonly [string, string]): number => {
  const number = between(min, max, [name, text])
  if (Number.isInteger(number)) return number
  throw new UsageError(`${name} must be a whole number, not "${text}".`)
}
