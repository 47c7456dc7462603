/** `npm run test:compose`: builds the images and tests the core of docker-compose.yml, if Docker is available. */
import { runCommand } from './suite/command.ts'
import { runTests } from './suite/tests.ts'
import { runVitestCommand } from './suite/vitest-command.ts'

const help = `Usage: npm run test:compose [-- FILTER… | VITEST OPTIONS…]

Builds the images and tests the core of docker-compose.yml. Without a Docker engine it reports that and runs nothing.`

await runVitestCommand({ command: 'npm run test:compose', help }, async (args) => {
  const { ok } = await runCommand(['docker', 'info']).catch(() => ({ ok: false }))
  if (!ok) return console.log('Compose was not run: there is no Docker engine on this machine.\n0 passed, 0 failed')
  const { passed, failed } = await runTests(['--config', 'deploy/vitest.config.ts', ...args])
  if (failed > 0) process.exitCode = 1
  console.log(`${passed} passed, ${failed} failed`)
})
