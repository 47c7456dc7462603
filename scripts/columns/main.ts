/** Checks that all SQL names its columns: `node scripts/columns/main.ts`. Exits with 1 if a statement does not. */
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { unnamedColumns } from './unnamed-columns.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const sources = globSync(
  ['{packages,services,tools,examples}/*/src/**/*.ts', '{local,deploy,bench}/{src,scripts}/**/*.ts'],
  {
    cwd: root,
    exclude: ['tools/planted/**'], // it contains such statements on purpose
  },
)
if (sources.length < 100) throw new Error(`Only ${sources.length} sources were found, so most were not checked.`)

const findings = sources.flatMap((path) =>
  unnamedColumns(readFileSync(`${root}/${path}`, 'utf8')).map(({ line, text }) => `${path}:${line}: ${text}`),
)
for (const finding of findings) console.error(`${finding} — name the columns`)
console.log(`${sources.length} sources, ${findings.length} statements that do not name their columns`)
if (findings.length > 0) process.exitCode = 1
