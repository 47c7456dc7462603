/** `npm run fuzz`: sends hostile requests to a shop, and checks that they do no harm. */
import { printCounts, runLong } from '@quadrille/command-line'
import { help, readOptions } from './options.ts'
import { runFuzz } from './run.ts'

await runLong('fuzz', async (signal) => {
  const options = readOptions(process.argv.slice(2))
  if (options !== null) return printCounts(await runFuzz(options, { say: console.log, signal }))
  console.log(help)
  return 0
})
