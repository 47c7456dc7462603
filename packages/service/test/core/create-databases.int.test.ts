import { randomBytes } from 'node:crypto'
import { createDatabases, openDatabase } from '@quadrille/postgres'
import { startPrivatePostgres } from '@quadrille/testing'
import { expect, inject, it, onTestFinished } from 'vitest'
import { behindProxy } from './behind-proxy.ts'

const open = (url: string) => {
  const database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  return database
}

it('rejects in one line if the connection is lost while a database is created', async () => {
  const url = await behindProxy(inject('postgresUrl'), (data, server) => {
    if (data.includes('CREATE DATABASE')) server.destroy()
  })
  await expect(createDatabases(url, ['quadrille_never_created'])).rejects.toThrow(
    /^The Postgres server at .+ can't be used \(.+\)\. Start it, or set DATABASE_URL to another\.$/,
  )
})

it('succeeds while others create the same databases', async () => {
  const name = `quadrille_${randomBytes(8).toString('hex')}`
  onTestFinished(async () => void (await open(inject('postgresUrl')).query(`drop database ${name}`)))
  const created = await Promise.all(Array.from({ length: 4 }, () => createDatabases(inject('postgresUrl'), [name])))
  expect(created.flatMap((urls) => [...urls.keys()])).toEqual(Array(4).fill(name))
})

/** A role that may not create databases. */
const aRole = async (): Promise<URL> => {
  const role = `role_${randomBytes(8).toString('hex')}`
  const server = open(inject('postgresUrl'))
  await server.query(`create role ${role} login password 'secret'`)
  onTestFinished(async () => void (await server.query(`drop role ${role}`)))
  return Object.assign(new URL(inject('postgresUrl')), { username: role, password: 'secret' })
}

it('names the missing databases to a role that may not create them', async () => {
  const { href } = await aRole()
  await expect(createDatabases(href, ['postgres', 'quadrille_one', 'quadrille_two'])).rejects.toThrow(
    /permission denied.+\. Create quadrille_one, quadrille_two with this role as the owner, or let it create databases/,
  )
})

it('advises to correct the database in the URL if the role may not connect to it', async () => {
  const url = await aRole()
  const server = open(inject('postgresUrl'))
  await server.query(`create database ${url.username}`)
  onTestFinished(async () => void (await server.query(`drop database ${url.username}`)))
  await server.query(`revoke connect on database ${url.username} from public`)
  const { href } = Object.assign(url, { pathname: url.username })
  await expect(createDatabases(href, ['quadrille_one'])).rejects.toThrow(/permission denied.+\. Correct the user, .+/)
})

it('names the version of Postgres that it needs', async () => {
  const url = await behindProxy(inject('postgresUrl'), (data) => {
    const at = data.indexOf('LOCALE_PROVIDER')
    if (at >= 0) data.write('UNKNOWN_OPTION_', at)
  })
  await expect(createDatabases(url, ['quadrille_never_created'])).rejects.toThrow(
    /not recognized.+\. Use Postgres 15 or later\.$/,
  )
})

it('advises to correct a password that Postgres rejects', async () => {
  const { href } = Object.assign(await aRole(), { password: 'wrong' })
  await expect(createDatabases(href, ['quadrille_one'])).rejects.toThrow(/Correct the user, the password/)
})

it('stores all characters on a server with another encoding', async () => {
  const { url, stop } = await startPrivatePostgres()
  onTestFinished(stop)
  const server = open(url)
  await server.query('alter database template1 is_template false')
  await server.query('drop database template1')
  await server.query("create database template1 template template0 encoding 'LATIN1' locale 'C' is_template true")
  const urls = await createDatabases(url, ['quadrille_one'])
  expect(await open(urls.get('quadrille_one') ?? '').query("select 'Łukasz' as name")).toEqual([{ name: 'Łukasz' }])
})
