/**
 * `npm run vulnerabilities`: checks the production dependencies for known vulnerabilities, if the registry supports that.
 */
import { printCounts, runCommand } from '../packages/command-line/src/index.ts'
import { runProgram } from './suite/program.ts'
import { runNothing } from './suite/vitest-command.ts'
import { verdictOf } from './vulnerabilities/verdict.ts'

const help = `Usage: npm run vulnerabilities

Queries the registry for advisories on the production dependencies (pnpm audit --prod). Fails if there are any. If the registry
can't be reached, or does not support advisories, as some mirrors, it reports that nothing was checked.`

/** Gives up on an unreachable registry within seconds. By default pnpm retries for minutes. */
const command = ['pnpm', 'audit', '--prod', '--config.fetch-retries=1', '--config.fetch-retry-mintimeout=1000']
const limits = ['--config.fetch-timeout=20000']

await runCommand({ command: 'npm run vulnerabilities', help }, async () => {
  const outcome = await runProgram([...command, ...limits])
  const verdict = verdictOf(outcome)
  if (verdict === 'unanswered')
    return printCounts(
      runNothing('Nothing was checked: the registry does not support advisories, or cannot be reached.'),
    )
  console.log(outcome.output)
  return printCounts(verdict === 'passed' ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 })
})
