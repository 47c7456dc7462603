/** Checks the direction of all dependencies: `node scripts/dependencies/main.ts`. Exits with 1 on a violation. */
import { fileURLToPath } from 'node:url'
import { cruiseWorkspace } from './cruise.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folders = [
  'packages',
  'services',
  'console',
  'local',
  'deploy',
  'tools',
  'bench',
  'system-tests',
  'examples',
  'scripts',
]
const { modules, violations } = await cruiseWorkspace(root, folders)
for (const { rule, from, to } of violations) console.error(`${from} imports ${to}: ${rule.name}`)
console.log(`${modules} modules, ${violations.length} violations of the dependency direction`)
if (violations.length > 0) process.exitCode = 1
