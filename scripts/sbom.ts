/** `npm run sbom`: prints the production dependencies in CycloneDX format. */
import { runCommand } from '../packages/command-line/src/index.ts'
import { runProgram } from './suite/program.ts'

const help = `Usage: npm run --silent sbom > quadrille.cdx.json

Prints a software bill of materials of the production dependencies, as CycloneDX (JSON): each package that is installed on this
platform, with its version, licence and hash. pnpm generates it.`

const command = ['pnpm', 'sbom', '--prod', '--sbom-type', 'application', '--sbom-format', 'cyclonedx']

await runCommand({ command: 'npm run sbom', help }, async () => {
  const { ok, output, stdout } = await runProgram(command)
  if (!ok) throw new Error(output)
  process.stdout.write(`${stdout.trimEnd()}\n`)
})
