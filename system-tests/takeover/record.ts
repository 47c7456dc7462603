/**
 * Records the state that an earlier version leaves when it is killed during its work, for takeover.int.test.ts:
 *
 *     node run.mjs system-tests/takeover/record.ts /path/to/a/checkout/of/that/version
 *
 * The checkout must have its dependencies installed. The recordings were made with f42669a.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { startRabbitMq, startTestPostgres } from '@quadrille/testing'
import { recordInOneProcess } from './record-in-one-process.ts'
import { recordOverRabbitMq } from './record-over-rabbitmq.ts'

const [checkout] = process.argv.slice(2)
if (!checkout) throw new Error('Pass the checkout of the version to record.')

const folder = new URL('recorded/', import.meta.url)

const write = (name: string, recording: object): void => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(recording, null, 2)}\n`)
}

const postgres = await startTestPostgres()
try {
  write('in-one-process', await recordInOneProcess(checkout, postgres.url))
  const rabbitmq = await startRabbitMq()
  try {
    write('over-rabbitmq', await recordOverRabbitMq(checkout, { postgresUrl: postgres.url, rabbitmqUrl: rabbitmq.url }))
  } finally {
    await rabbitmq.stop()
  }
} finally {
  await postgres.stop()
}
