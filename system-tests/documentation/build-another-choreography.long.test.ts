/** Follows docs/build-another-choreography.md as it is written, except for addresses that this test must choose itself. */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { openDatabase } from '@quadrille/postgres'
import { createVhost } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'
import { newFolder, type Started, startIn, untilPrinted } from '../start/started.ts'
import { commandsOf, root } from './documents.ts'

const page = 'docs/build-another-choreography.md'
const commands = commandsOf(page)
const ports = { PORT: '0' }

/** The words of a command of the page that starts the library: variables, program, arguments. */
const startCommand = (isStart: (command: string) => boolean): string[] => {
  const [found = ''] = commands.filter((command) => command.includes('node run.mjs') && isStart(command))
  return found.split(' ')
}

/** The loan of the page, from the request to the end, by the commands of the page. */
const borrow = async (library: Started): Promise<void> => {
  await untilPrinted(library, 'The library is open.')
  const urlOf = (service: string) => new RegExp(`${service} +(http://\\S+)/docs`).exec(library.output())?.[1] ?? ''
  const [putBook = '', putLoan = '', getLoan = '', returnBook = '', ...more] = commands
    .filter((command) => command.startsWith('curl'))
    .map((command) =>
      command.replace('http://127.0.0.1:3100', urlOf('loans')).replace('http://127.0.0.1:3101', urlOf('catalog')),
    )
  expect(more).toEqual([])
  const run = async (command: string): Promise<unknown> =>
    JSON.parse((await promisify(execFile)('sh', ['-ec', command], { cwd: root })).stdout)
  const until = (expected: object) => waitFor(async () => expect(await run(getLoan)).toMatchObject(expected))
  expect(await run(putBook)).toMatchObject({ copies: 2, available: 2 })
  expect(await run(putLoan)).toMatchObject({ memberId: 'ada', settled: false })
  await until({ status: 'confirmed' })
  expect(await run(returnBook)).toMatchObject({ status: 'closed', reason: 'returned' })
  await until({ settled: true })
  library.child.kill('SIGTERM')
  expect(await library.exit).toBe(0)
}

test('the library runs in one process, over the in-process broker', async () => {
  const [node, ...args] = startCommand((command) => command.startsWith('node'))
  expect(node).toBe('node')
  await borrow(startIn(newFolder(), args, ports))
})

test('the library runs over RabbitMQ and a Postgres server', async () => {
  const words = startCommand((command) => command.startsWith('DATABASE_URL='))
  expect(words.slice(0, 3)).toEqual(['DATABASE_URL=postgres://127.0.0.1/postgres', 'AMQP_URL=amqp://127.0.0.1', 'node'])
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(() => vhost.drop())
  onTestFinished(() => dropDatabases(['library_loans', 'library_catalog', 'library_members']))
  const servers = { DATABASE_URL: inject('postgresUrl'), AMQP_URL: vhost.url }
  await borrow(startIn(newFolder(), words.slice(3), { ...ports, ...servers }))
})

/** The run's server has them under the names of the example, which no other test uses. */
const dropDatabases = async (names: readonly string[]): Promise<void> => {
  const sql = openDatabase({
    url: inject('postgresUrl'),
    applicationName: 'test',
    max: 1,
    onIdleError: () => undefined,
  })
  for (const name of names) await sql.query(`drop database if exists ${name} with (force)`)
  await sql.end()
}
