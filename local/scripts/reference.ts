/** `npm run reference`: writes the pages in docs/reference. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runCommand } from '@quadrille/command-line'
import { referencePages } from './reference/pages.ts'

const help = `Usage: npm run reference [-- --help]

Writes the pages in docs/reference from the definitions of the events, the problems and the metrics.`

await runCommand({ command: 'npm run reference', help }, () => {
  const folder = new URL('../../docs/reference/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const pages = referencePages()
  for (const [name, text] of pages) writeFileSync(new URL(name, folder), text)
  console.log(`Wrote ${[...pages.keys()].join(', ')} to ${fileURLToPath(folder)}.`)
})
