/** `npm run generate`: writes the files that are generated from the code. */
import { readFlags, runMain } from '../packages/command-line/src/index.ts'
import { generatedFiles, localFiles } from './generate/files.ts'
import { staleAmong, writeFiles } from './generate/stale.ts'

const command = 'npm run generate'
const help = `Usage: npm run generate [-- --check | --help]

Writes the files that are generated from the choreography and the rest of the code: schemas, pages, diagrams, the local start, and
the files of a deployment.

  --check  writes nothing, but prints the files that are out of date, and exits with 1 if there are any
  --help   prints this help`

/** Resolves to the exit code. */
const check = async (): Promise<number> => {
  const stale = staleAmong(new Map([...localFiles(), ...(await generatedFiles())]))
  if (stale.size === 0) console.log('All generated files are up to date.')
  else console.log(['These files are out of date. Run `npm run generate`.', ...stale.keys()].join('\n  '))
  return stale.size === 0 ? 0 : 1
}

const generate = async (): Promise<void> => {
  const local = staleAmong(localFiles())
  writeFiles(local)
  // The modules that generate the other files import every service.
  if (local.has('local/package.json'))
    return console.log('local/package.json has changed. Run `npx pnpm install`, then `npm run generate` again.')
  const others = staleAmong(await generatedFiles())
  writeFiles(others)
  const written = [...local.keys(), ...others.keys()]
  console.log(written.length > 0 ? ['Written:', ...written].join('\n  ') : 'All generated files are up to date.')
}

await runMain('generate', () => {
  const options = { check: { type: 'boolean' }, help: { type: 'boolean' } } as const
  const { values } = readFlags(command, { options })
  if (values.help) return console.log(help)
  return values.check ? check() : generate()
})
