/** `npm run redeliver`: a restored service gets what it has missed. `npm run redeliver -- --help` says how. */
import { findWhereabouts } from '@quadrille/audit'
import { type Flags, help, readFlags } from './flags.ts'
import { type Outcome, redeliver } from './redeliver.ts'

const describe = ({ to, dryRun }: Flags, { orders, given, left }: Outcome): string => {
  const messages = [...given].map(([type, count]) => `${count.toLocaleString('en')} ${type}`).join(', ')
  const figures = `${to} ${dryRun ? 'is' : 'was'} behind on ${orders.toLocaleString('en')} orders`
  return [
    orders === 0
      ? `${to} is behind on no order that it could be given anything of.`
      : `${figures}, and ${dryRun ? 'would be given first' : 'was given'} ${messages}.`,
    ...(left > 0
      ? [`${left.toLocaleString('en')} messages it has not taken in: its dead letters say why. Then run this again.`]
      : []),
  ].join('\n')
}

/** Resolves to the exit code. */
const main = async (): Promise<number> => {
  const flags = readFlags(process.argv.slice(2))
  if (!flags) {
    console.log(help)
    return 0
  }
  const outcome = await redeliver({ databases: findWhereabouts(process.env).databases, ...flags })
  console.log(describe(flags, outcome))
  return outcome.left > 0 ? 1 : 0
}

try {
  process.exitCode = await main()
} catch (error) {
  const reason = error instanceof AggregateError ? error.errors.join(', ') : error
  console.error(`redeliver: ${reason instanceof Error ? reason.message : reason}`)
  process.exitCode = 2
}
