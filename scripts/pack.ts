/** `npm run pack`: packs the packages for npm. */
import { resolve } from 'node:path'
import { readFlags, runMain, UsageError } from '../packages/command-line/src/index.ts'
import { packAll } from './pack/pack-all.ts'

const command = 'npm run pack'
const help = `Usage: npm run pack [-- FOLDER]

Compiles the packages of the framework to JavaScript and declarations, and packs each into a tarball for npm, pnpm or yarn, in
FOLDER. Default: dist. Nothing is published.`

await runMain('pack', async () => {
  const options = { help: { type: 'boolean', default: false } } as const
  const { values, positionals } = readFlags(command, { options, allowPositionals: true })
  const [folder = 'dist', ...more] = positionals
  if (more.length > 0) throw new UsageError(`Only one folder is allowed. See: ${command} -- --help`)
  console.log(values.help ? help : (await packAll(resolve(folder))).join('\n'))
})
