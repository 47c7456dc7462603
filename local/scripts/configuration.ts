/** `npm run configuration`: writes docs/configuration.md. */
import { writeFileSync } from 'node:fs'
import { runCommand } from '@quadrille/command-line'
import { configurationPage } from './configuration/page.ts'

const help = `Usage: npm run configuration [-- --help]

Writes docs/configuration.md from the schemas by which the variables are checked.`

await runCommand({ command: 'npm run configuration', help }, () => {
  writeFileSync(new URL('../../docs/configuration.md', import.meta.url), configurationPage())
  console.log('Wrote docs/configuration.md.')
})
