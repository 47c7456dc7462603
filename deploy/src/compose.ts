/** `npm run compose`: writes what follows from the list of services into the files of a deployment. */
import { writeFileSync } from 'node:fs'
import { runCommand } from '@quadrille/command-line'
import { services } from './accounts.ts'
import { composed, composedFiles } from './compose/files.ts'

const help = `Usage: npm run compose [-- --help]

Writes each service of the choreography into the files of a deployment:

${composedFiles.map((file) => `  ${file}`).join('\n')}

What a service needs of its own, such as variables or ports, is in services/SERVICE/compose.yml. Everything else in these files is
written by hand.`

await runCommand({ command: 'npm run compose', help }, () => {
  for (const file of composedFiles) writeFileSync(new URL(`../../${file}`, import.meta.url), composed(file, services))
  console.log(`Wrote ${services.length} services to ${composedFiles.length} files.`)
})
