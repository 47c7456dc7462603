/** New connections to a server with another configuration or other libraries, such as a promoted standby. */
import { faultOf, isRefusal, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, startPrivatePostgres } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'

const connectTo = (url: string) => {
  const database = openDatabase({ url, applicationName: 'test', max: 2, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  return database
}

/** A database with an open connection, and a session of the server that changes it. */
const aDatabase = async (locale = "'C'") => {
  const server = connectTo(inject('postgresUrl'))
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  const name = new URL(url).pathname.slice(1)
  await server.query(`drop database ${name}`)
  await server.query(`create database ${name} template template0 encoding 'UTF8' locale ${locale}`)
  const database = connectTo(url)
  const select = () => database.query('select 1')
  await select()
  /** A second connection, because the first one is in use. */
  const selectAnew = () => database.transaction(select)
  return { server, name, select, selectAnew }
}

const expectRefusal = async (statement: Promise<unknown>, reason: RegExp) => {
  const error: unknown = await statement.then(
    () => 'it was accepted',
    (thrown: unknown) => thrown,
  )
  expect(error).toEqual(expect.objectContaining({ message: expect.stringMatching(reason) }))
  expect([faultOf(error), isRefusal(error)]).toEqual(['unavailable', true])
}

test('a new connection is refused where a commit does not wait for the disk, and an open one remains', async () => {
  const { server, name, select, selectAnew } = await aDatabase()
  await server.query(`alter database ${name} set synchronous_commit = off`)
  await expectRefusal(selectAnew(), /^synchronous_commit is off, .+: set it to on$/)
  await select()
  await server.query(`alter database ${name} reset synchronous_commit`)
  await waitFor(selectAnew)
})

test('a new connection is refused where the collation has changed since the indexes were built', async () => {
  const { server, name, select, selectAnew } = await aDatabase("'C' locale_provider icu icu_locale 'en'")
  await server.query(`update pg_database set datcollversion = '1' where datname = $1`, [name])
  await expectRefusal(selectAnew(), /^the collation of the database has changed from version 1 to \S+, .+$/)
  await select()
  await server.query(`alter database ${name} refresh collation version`)
  await waitFor(selectAnew)
})

test('a commit must wait for the synchronous standby, if there is one', async () => {
  const { url, stop } = await startPrivatePostgres()
  onTestFinished(stop)
  const local = new URL(url)
  local.searchParams.set('options', '-c synchronous_commit=local')
  const server = connectTo(url)
  await connectTo(local.href).query('select 1') // without a standby, it waits for the disk as with `on`
  await server.query(`alter system set synchronous_standby_names = 'standby'`)
  await server.query('select pg_reload_conf()')
  const refused = () =>
    expectRefusal(connectTo(local.href).query('select 1'), /^synchronous_commit is local, .+: set it to on$/)
  await waitFor(refused)
  await connectTo(url).query('select 1')
})
