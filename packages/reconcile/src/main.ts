/** `npm run reconcile`: each service gets what it has missed. `npm run reconcile -- --help` says how. */
import { findWhereabouts } from '@quadrille/audit'
import { help, readFlags } from './flags.ts'
import { outcomeText } from './outcome-text.ts'
import { reconcile } from './reconcile.ts'

/** Resolves to the exit code. */
const main = async (): Promise<number> => {
  const flags = readFlags(process.argv.slice(2))
  if (!flags) {
    console.log(help)
    return 0
  }
  const outcome = await reconcile({ databases: findWhereabouts(process.env).databases, ...flags })
  console.log(outcomeText(flags, outcome))
  return outcome.left === 0 || flags.dryRun ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  const reason = error instanceof AggregateError ? error.errors.join(', ') : error
  console.error(`reconcile: ${reason instanceof Error ? reason.message : reason}`)
  process.exitCode = 2
}
