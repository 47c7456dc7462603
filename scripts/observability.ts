/** `npm run test:observability`: tests alerts and dashboards with a real Prometheus, if one is available. */
import { ensurePrometheus } from '../packages/testing/src/index.ts'
import { runTests } from './suite/tests.ts'
import { runNothing, runVitestCommand } from './suite/vitest-command.ts'

const help = `Usage: npm run test:observability [-- FILTER… | VITEST OPTIONS…]

Tests the alerts and dashboards with a real Prometheus. As root on Debian it installs Prometheus with apt-get if it is missing.
If there is no Prometheus, it reports that and runs nothing.`

await runVitestCommand({ command: 'npm run test:observability', help }, async (args) => {
  if (!(await ensurePrometheus()))
    return runNothing('Alerts and dashboards were not tested: install prometheus, with promtool.')
  const config = ['--config', 'deploy/vitest.observability.config.ts']
  return await runTests([...config, ...args])
})
