/** `npm run compose`: writes the services of the choreography into the deployment files. */
import { writeFileSync } from 'node:fs'
import { runCommand } from '@quadrille/command-line'
import { serviceNames } from '@quadrille/events'
import { composed, composedFiles } from './compose/files.ts'

const help = `Usage: npm run compose [-- --help]

Writes the services of the choreography into the deployment files:

${composedFiles.map((file) => `  ${file}`).join('\n')}

A service adds its own variables, ports and networks in services/SERVICE/compose.yml. Everything else in these files is written by
hand.`

await runCommand({ command: 'npm run compose', help }, () => {
  for (const file of composedFiles)
    writeFileSync(new URL(`../../${file}`, import.meta.url), composed(file, serviceNames))
  console.log(`Wrote ${serviceNames.length} services to ${composedFiles.length} files.`)
})
