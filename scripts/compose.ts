/** `npm run test:compose`: builds the images and runs the core of docker-compose.yml, where Docker can be had. */
import { runCommand } from './suite/command.ts'
import { runTests } from './suite/tests.ts'

const { ok } = await runCommand(['docker', 'info']).catch(() => ({ ok: false }))
if (ok) {
  const { passed, failed } = await runTests(['--config', 'deploy/vitest.config.ts', ...process.argv.slice(2)])
  if (failed > 0) process.exitCode = 1
  console.log(`${passed} passed, ${failed} failed`)
} else {
  console.log('Compose was not run: there is no Docker engine on this machine.\n0 passed, 0 failed')
}
