/** `npm run reconcile`: each service gets what it has missed. `npm run reconcile -- --help` says how. */
import { findWhereabouts } from '@quadrille/audit'
import { type Flags, help, readFlags } from './flags.ts'
import { type Outcome, reconcile } from './reconcile.ts'

const describe = ({ dryRun }: Flags, { orders, given, left }: Outcome): string => {
  const lines = [...given].map(([service, types]) => {
    const messages = [...types].map(([type, count]) => `${count.toLocaleString('en')} ${type}`).join(', ')
    return `${service} ${dryRun ? 'would be given first' : 'was given'} ${messages}.`
  })
  return [
    orders === 0 ? 'Nothing is missing.' : `Something is missing of ${orders.toLocaleString('en')} orders.`,
    ...lines,
    ...(left > 0
      ? [
          `${left.toLocaleString('en')} of it not taken in: the dead letters say why, or it is tried again. Then run this again.`,
        ]
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
  const outcome = await reconcile({ databases: findWhereabouts(process.env).databases, ...flags })
  console.log(describe(flags, outcome))
  return outcome.left === 0 || flags.dryRun ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  const reason = error instanceof AggregateError ? error.errors.join(', ') : error
  console.error(`reconcile: ${reason instanceof Error ? reason.message : reason}`)
  process.exitCode = 2
}
