/** `npm run patterns`: runs one of the comparisons of patterns. `-- --help` explains it. */
import { startRabbitMq } from '@quadrille/testing'
import { formatResults, runExamples } from './exchanges/run.ts'

const help = `Usage: npm run patterns -- NAME

Runs an example or a comparison of messaging patterns, with real servers on this machine.

  exchanges   each type of exchange of RabbitMQ, by an example of ten lines (docs/exchanges.md)

RabbitMQ is taken from AMQP_URL, this machine, Docker or Debian, as for npm test.`

const exchanges = async (): Promise<void> => {
  const rabbitMq = await startRabbitMq()
  try {
    console.log(formatResults(await runExamples(rabbitMq.url)))
  } finally {
    await rabbitMq.stop()
  }
}

const comparisons: Readonly<Record<string, () => Promise<void>>> = { exchanges }

const [name = '--help', ...rest] = process.argv.slice(2)
const run = rest.length === 0 && Object.hasOwn(comparisons, name) ? comparisons[name] : undefined
if (run) await run()
else {
  console.log(help)
  process.exitCode = name === '--help' ? 0 : 2
}
