/** `npm run patterns`: runs one of the examples and comparisons of patterns. `-- --help` explains it. */
import { readFlags, UsageError } from '@quadrille/command-line'

const help = `Usage: npm run patterns -- NAME

Runs an example or a comparison of messaging patterns, with real servers on this machine.

  exchanges   each type of exchange of RabbitMQ, by an example of ten lines (docs/exchanges.md)

RabbitMQ is taken from AMQP_URL, this machine, Docker or Debian, as for npm test.`

/** Its modules are loaded only if it runs, because the help must not wait for them. */
const exchanges = async (): Promise<void> => {
  const [{ startRabbitMq }, { formatResults, runExamples }] = await Promise.all([
    import('@quadrille/testing'),
    import('./exchanges/run.ts'),
  ])
  const rabbitMq = await startRabbitMq()
  try {
    console.log(formatResults(await runExamples(rabbitMq.url)))
  } finally {
    await rabbitMq.stop()
  }
}

const comparisons: ReadonlyMap<string, () => Promise<void>> = new Map(Object.entries({ exchanges }))

const main = async (): Promise<void> => {
  const options = { help: { type: 'boolean', default: false } } as const
  const { values, positionals } = readFlags('npm run patterns', { options, allowPositionals: true })
  if (values.help) return console.log(help)
  const [name = '', ...more] = positionals
  const run = more.length === 0 ? comparisons.get(name) : undefined
  if (!run)
    throw new UsageError(
      `Give one of these names: ${[...comparisons.keys()].join(', ')}. See: npm run patterns -- --help`,
    )
  await run()
}

try {
  await main()
} catch (error) {
  console.error(`patterns: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
