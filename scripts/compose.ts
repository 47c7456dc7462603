/** `npm run test:compose`: builds the images and tests the core of docker-compose.yml, if Docker is available. */
import { runProgram } from './suite/program.ts'
import { runTests } from './suite/tests.ts'
import { runNothing, runVitestCommand } from './suite/vitest-command.ts'

const help = `Usage: npm run test:compose [-- FILTER… | VITEST OPTIONS…]

Builds the images and tests the core of docker-compose.yml. Without a Docker engine it reports that and runs nothing.`

await runVitestCommand({ command: 'npm run test:compose', help }, async (args) => {
  const { ok } = await runProgram(['docker', 'info']).catch(() => ({ ok: false }))
  if (!ok) return runNothing('Compose was not run: there is no Docker engine on this machine.')
  return await runTests(['--config', 'deploy/vitest.config.ts', ...args])
})
