/** `npm run test:observability`: holds alerts and dashboards against a real Prometheus, where one can be had. */
import { obtainPrometheus } from '../packages/testing/src/index.ts'
import { runTests } from './suite/tests.ts'
import { runVitestCommand } from './suite/vitest-command.ts'

const help = `Usage: npm run test:observability [-- FILTER… | VITEST OPTIONS…]

Tests the alerts and dashboards on a real Prometheus: that of this machine, or apt-get install prometheus where we are root on
Debian. Without one it says so and runs nothing.`

await runVitestCommand({ command: 'npm run test:observability', help }, async (args) => {
  if (!(await obtainPrometheus()))
    return console.log('Alerts and dashboards were not tested: install prometheus, with promtool.\n0 passed, 0 failed')
  const config = ['--config', 'deploy/vitest.observability.config.ts']
  const { passed, failed } = await runTests([...config, ...args])
  if (failed > 0) process.exitCode = 1
  console.log(`${passed} passed, ${failed} failed`)
})
