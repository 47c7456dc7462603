/** `npm run chaos`: injects faults under load, and audits the result. */
import { printCounts, runLong } from '@quadrille/command-line'
import { help, readOptions } from './options.ts'
import { runChaos } from './run.ts'

await runLong('chaos', async (signal) => {
  const options = readOptions(process.argv.slice(2))
  if (options !== null) return printCounts(await runChaos(options, { print: console.log, signal }))
  console.log(help)
  return 0
})
