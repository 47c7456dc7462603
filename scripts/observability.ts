/** `npm run test:observability`: holds alerts and dashboards against a real Prometheus, where one can be had. */
import { obtainPrometheus } from '../packages/testing/src/index.ts'
import { runTests } from './suite/tests.ts'

if (await obtainPrometheus()) {
  const config = ['--config', 'deploy/vitest.observability.config.ts']
  const { passed, failed } = await runTests([...config, ...process.argv.slice(2)])
  if (failed > 0) process.exitCode = 1
  console.log(`${passed} passed, ${failed} failed`)
} else {
  console.log('Alerts and dashboards were not tested: install prometheus, with promtool.\n0 passed, 0 failed')
}
