/** `npm run console-types`: writes the types of the answers that the console's page reads. */
import { writeFileSync } from 'node:fs'
import { runCommand } from '@quadrille/command-line'
import { consoleTypes } from './console-types/file.ts'

const help = `Usage: npm run console-types [-- --help]

Writes console/src/page/api/types.ts from the OpenAPI documents of the services.`

await runCommand({ command: 'npm run console-types', help }, () => {
  writeFileSync(new URL('../../console/src/page/api/types.ts', import.meta.url), consoleTypes())
  console.log('Wrote console/src/page/api/types.ts.')
})
