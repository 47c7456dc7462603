/** Checks the direction of all dependencies: `node scripts/dependencies/main.ts`. Exits with 1 on a violation. */
import { fileURLToPath } from 'node:url'
import { cruiseWorkspace } from './cruise.ts'
import { folders } from './rules.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { modules, violations } = await cruiseWorkspace(root, folders)
for (const { rule, from, to } of violations) console.error(`${from} imports ${to}: ${rule.name}`)
console.log(`${modules} modules, ${violations.length} violations of scripts/dependencies/rules.ts`)
if (violations.length > 0) process.exitCode = 1
