/**
 * `npm run vulnerabilities`: checks the production dependencies for known vulnerabilities, if the registry supports that.
 */
import { runCommand } from '../packages/command-line/src/index.ts'
import { runCommand as runProgram } from './suite/command.ts'

const help = `Usage: npm run vulnerabilities

Queries the registry for advisories on the production dependencies (pnpm audit --prod). Fails if there are any. If the registry
can't be reached, or does not support advisories, as some mirrors, it reports that nothing was checked.`

/** Errors of a registry without advisories, or one that can't be reached. */
const unanswered = /ERR_PNPM_AUDIT_(BAD_RESPONSE|ENDPOINT_NOT_EXISTS)|ERR_PNPM_META_FETCH_FAIL|ENOTFOUND|ECONNREFUSED/

/** Gives up on an unreachable registry within seconds. By default pnpm retries for minutes. */
const command = ['pnpm', 'audit', '--prod', '--config.fetch-retries=1', '--config.fetch-retry-mintimeout=1000']
const limits = ['--config.fetch-timeout=20000']

await runCommand({ command: 'npm run vulnerabilities', help }, async () => {
  const { ok, output } = await runProgram([...command, ...limits])
  if (!ok && unanswered.test(output)) {
    console.log(
      'Nothing was checked: the registry does not support advisories, or cannot be reached.\n0 passed, 0 failed',
    )
    return
  }
  console.log(`${output}\n${ok ? '1 passed, 0 failed' : '0 passed, 1 failed'}`)
  if (!ok) process.exitCode = 1
})
