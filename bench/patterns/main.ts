/** `npm run patterns`: runs one of the examples and comparisons of patterns. `-- --help` explains it. */
import { readFlags, runMain, UsageError } from '@quadrille/command-line'
import { describeCommit, requireCommitInHistory } from '../src/results/commit.ts'
import { workingTree } from '../src/systems/version.ts'
import { comparisons } from './comparisons.ts'

const width = Math.max(...[...comparisons.keys()].map((name) => name.length)) + 2
const lines = [...comparisons].map(([name, { summary }]) => `  ${name.padEnd(width)}${summary} (docs/${name}.md)`)
const help = `Usage: npm run patterns -- NAME [--quick] [--write]

Runs an example or a comparison of messaging patterns, with real servers on this machine, and prints its figures.

${lines.join('\n')}

  --quick   small sizes: shows in seconds that all works, but the figures mean nothing
  --write   writes the figures and the charts into the page, of a source tree without changes

RabbitMQ is the server at AMQP_URL, or one that is started from RABBITMQ_ROOT, this machine, Docker or Debian, as for
npm test. A run that is interrupted leaves its virtual host, named test-UUID, on the server at AMQP_URL.`

const main = async (): Promise<void> => {
  const { values, positionals } = readFlags('npm run patterns', {
    options: {
      help: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  })
  if (values.help) return console.log(help)
  const [name = '', ...more] = positionals
  if (more.length > 0 || !comparisons.has(name))
    throw new UsageError(
      `Give one of these names: ${[...comparisons.keys()].join(', ')}. See: npm run patterns -- --help`,
    )
  if (values.quick && values.write)
    throw new UsageError('The figures of --quick mean nothing, so --write refuses them.')
  if (values.write) requireCommitInHistory(describeCommit(workingTree.root), workingTree.root)
  const [{ runComparison }, { asText }] = await Promise.all([import('./run.ts'), import('./report/render.ts')])
  const record = await runComparison(name, { quick: values.quick, log: (line) => console.error(line) })
  console.log(asText(record))
  if (!values.write) return
  const { writePage } = await import('./report/write.ts')
  for (const path of writePage(name, record)) console.log(path)
}

// The child processes end in the handler of `exit`.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

await runMain('patterns', main)
