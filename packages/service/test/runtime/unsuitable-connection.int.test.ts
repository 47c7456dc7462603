/** A start on a connection or a database that would break guarantees ends with one line. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { openDatabase } from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
import { expect, inject, onTestFinished, test } from 'vitest'
import { adviceFor } from '../../src/errors/advice.ts'
import { commonConfig } from '../../src/runtime/config.ts'
import { migrateAll, openStorage } from '../../src/runtime/storage.ts'
import { createLogger } from '../../src/telemetry/log.ts'
import { behindProxy } from '../core/behind-proxy.ts'
import { post } from '../post.ts'
import { tracked } from '../tally/tracker-service.ts'

const open = async (url: string) => {
  const { database } = await openStorage(tracked, {
    config: commonConfig.parse({ DATABASE_URL: url }),
    log: createLogger('silent', post),
    signal: new AbortController().signal,
    onFatal: () => undefined,
  })
  await database.end()
}
const steps = [
  ['the start', open],
  ['the migration', (url: string) => migrateAll(url, tracked)],
] as const

/** Its error, as an operator reads it. */
const lineOf = (step: Promise<unknown>): Promise<unknown> =>
  step.catch((error: Error) => `${error.message}: ${adviceFor(error)}`)

const newDatabase = async (): Promise<string> => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  return url
}

test.each(steps)('%s behind a pooler that drops startup parameters', async (_step, run) => {
  const url = await behindProxy(await newDatabase(), (data) => {
    const options = data.indexOf('-c statement_timeout')
    if (options >= 0) data.fill(' ', options, data.indexOf(0, options))
  })
  expect(await lineOf(run(url))).toMatch(
    /^a connection pooler has removed startup parameters: statement_timeout is 0 instead of 30000: set DATABASE_URL to/,
  )
})

/** The answer of PgBouncer to a parameter that it does not know. */
const refusal = () => {
  const fields = Buffer.from('SFATAL\0C08P01\0Munsupported startup parameter in options: statement_timeout\0\0')
  const length = Buffer.alloc(4)
  length.writeInt32BE(fields.length + 4)
  return Buffer.concat([Buffer.from('E'), length, fields])
}

test.each(steps)('%s behind a pooler that refuses startup parameters', async (_step, run) => {
  const pooler = createServer((client) => client.on('error', () => undefined).once('data', () => client.end(refusal())))
  await once(pooler.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void pooler.close())
  const address = pooler.address()
  const url = `postgres://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/shop`
  expect(await lineOf(run(url))).toMatch(/^unsupported startup parameter in options: .+: set DATABASE_URL to/)
})

test.each(steps)('%s in a database that does not store all characters', async (_step, run) => {
  const server = openDatabase({ url: inject('postgresUrl'), applicationName: 'test', onIdleError: () => undefined })
  onTestFinished(() => server.end())
  const url = new URL(await newDatabase())
  const name = url.pathname.slice(1)
  await server.query(`drop database ${name}`)
  await server.query(`create database ${name} template template0 encoding 'LATIN1' locale 'C'`)
  await expect(run(url.href)).rejects.toThrow(
    /^the database has the encoding LATIN1 instead of UTF8: dump it, create it again .+$/,
  )
})

test.each(steps)('%s in a database whose collation has changed since its indexes were built', async (_step, run) => {
  const server = openDatabase({ url: inject('postgresUrl'), applicationName: 'test', onIdleError: () => undefined })
  onTestFinished(() => server.end())
  const url = await newDatabase()
  const name = new URL(url).pathname.slice(1)
  await server.query(`drop database ${name}`)
  const locale = "encoding 'UTF8' locale 'C' locale_provider icu icu_locale 'en'"
  await server.query(`create database ${name} template template0 ${locale}`)
  await run(url)
  await server.query(`update pg_database set datcollversion = '1' where datname = $1`, [name])
  await expect(run(url)).rejects.toThrow(/^the collation of the database has changed from version 1 to \S+, .+$/)
  await server.query(`alter database ${name} refresh collation version`)
  await run(url)
})

test.each(steps)('%s where a commit does not wait for the disk', async (_step, run) => {
  const url = new URL(await newDatabase())
  url.searchParams.set('options', '-c synchronous_commit=off')
  await expect(run(url.href)).rejects.toThrow(/^synchronous_commit is off, .+: set it to on$/)
})
