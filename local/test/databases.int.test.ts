import { randomBytes } from 'node:crypto'
import { openDatabase } from '@quadrille/postgres'
import { proxyTo } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createDatabasesWhenReachable } from '../src/databases.ts'

const { signal } = new AbortController()
const service = `test_${randomBytes(8).toString('hex')}`
const name = `quadrille_${service}`

/** Drops the database after the test. */
const droppedLater = () =>
  onTestFinished(async () => {
    const database = openDatabase({
      url: inject('postgresUrl'),
      applicationName: 'test',
      max: 1,
      onIdleError: () => undefined,
    })
    await database.query(`drop database if exists ${name}`)
    await database.end()
  })

test('a server that starts later is waited for, and the reason is reported once', async () => {
  const proxy = await proxyTo(inject('postgresUrl'))
  onTestFinished(() => proxy.close())
  droppedLater()
  proxy.refuse()
  const lines: string[] = []
  const created = createDatabasesWhenReachable(proxy.url, [service], { warn: (line) => lines.push(line), signal })
  await waitFor(() => expect(lines).not.toEqual([]))
  proxy.accept()
  expect((await created).get(service)).toMatch(new RegExp(`/${name}$`))
  expect(lines).toEqual([
    expect.stringMatching(/^The Postgres server at .+ can't be used \(.+\)\. Start it, .+\. Waiting for it\.$/),
  ])
})

test('a refused login ends the start', async () => {
  const { href } = Object.assign(new URL(inject('postgresUrl')), { username: 'nobody_known' })
  const warn = expect.unreachable
  await expect(createDatabasesWhenReachable(href, [service], { warn, signal })).rejects.toThrow('Correct the user')
})

test('a stop ends the wait', async () => {
  const stopping = new AbortController()
  const warn = () => stopping.abort()
  const unreachable = 'postgres://127.0.0.1:1/postgres'
  await expect(createDatabasesWhenReachable(unreachable, [service], { warn, signal: stopping.signal })).rejects.toThrow(
    'aborted',
  )
})
