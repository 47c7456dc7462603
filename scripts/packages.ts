/** `npm run test:packages`: packs the packages, and runs the example with the tarballs outside of this workspace. */
import { runTests } from './suite/tests.ts'
import { runVitestCommand } from './suite/vitest-command.ts'

const help = `Usage: npm run test:packages [-- FILTER… | VITEST OPTIONS…]

Packs the packages as npm publishes them, installs them with examples/library in a folder outside of this workspace, checks the
example's types against their declarations, and completes one loan. Requires the npm registry.`

await runVitestCommand({ command: 'npm run test:packages', help }, (args) =>
  runTests(['--config', 'system-tests/vitest.packages.config.ts', ...args]),
)
