/** `npm run vulnerabilities`: whether a version that runs in production has a known vulnerability, where the registry tells. */
import { runCommand } from '../packages/command-line/src/index.ts'
import { runCommand as runProgram } from './suite/command.ts'

const help = `Usage: npm run vulnerabilities

Asks the registry for advisories on what runs in production (pnpm audit --prod). Fails where there are some. Some registries, such
as mirrors, don't answer that question: then it says so, and nothing has been checked.`

/** The registry has no such service, or can't be reached. */
const unanswered = /ERR_PNPM_AUDIT_(BAD_RESPONSE|ENDPOINT_NOT_EXISTS)|ERR_PNPM_META_FETCH_FAIL|ENOTFOUND|ECONNREFUSED/

/** A registry that is away is given up within seconds: by default pnpm asks again for minutes. */
const command = ['pnpm', 'audit', '--prod', '--config.fetch-retries=1', '--config.fetch-retry-mintimeout=1000']
const limits = ['--config.fetch-timeout=20000']

await runCommand({ command: 'npm run vulnerabilities', help }, async () => {
  const { ok, output } = await runProgram([...command, ...limits])
  if (!ok && unanswered.test(output)) {
    console.log('Nothing was checked: the registry does not answer questions about advisories.\n0 passed, 0 failed')
    return
  }
  console.log(`${output}\n${ok ? '1 passed, 0 failed' : '0 passed, 1 failed'}`)
  if (!ok) process.exitCode = 1
})
