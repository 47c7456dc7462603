/** `npm run services`: writes the services of the choreography into the local start. */
import { readFileSync, writeFileSync } from 'node:fs'
import { runCommand } from '@quadrille/command-line'
import { serviceNames } from '@quadrille/events'
import { definitionsFile, packageFile } from './services/files.ts'

const help = `Usage: npm run services [-- --help]

Writes the services of the choreography into local/src/definitions.ts and the dependencies of local/package.json. Run
\`npx pnpm install\` afterwards.`

await runCommand({ command: 'npm run services', help }, () => {
  const manifest = new URL('../package.json', import.meta.url)
  writeFileSync(manifest, packageFile(readFileSync(manifest, 'utf8'), serviceNames))
  writeFileSync(new URL('../src/definitions.ts', import.meta.url), definitionsFile(serviceNames))
  console.log(`Wrote ${serviceNames.length} services to local/src/definitions.ts and local/package.json.`)
})
