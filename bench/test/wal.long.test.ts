/** The counts of a part of the write-ahead log. */
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { readCounters, walBetween } from '../src/measure/postgres-counters.ts'
import { openServers } from '../src/systems/servers.ts'

test('the log between two positions has exactly the rows and commits between them, at once', async () => {
  await using servers = openServers()
  const { create, session, urlOf } = await servers.postgres('default')
  await create(['counted'])
  await using running = new AsyncDisposableStack()
  const client = new Client({ connectionString: urlOf('counted') })
  await client.connect()
  running.defer(() => client.end())
  await client.query('create table counted (id integer primary key, number integer)')
  await client.query('insert into counted select id, 0 from generate_series(1, 50) as id') // before the first position
  const from = await readCounters(session)
  await client.query('insert into counted select id, 0 from generate_series(51, 1000) as id')
  await client.query('update counted set number = 1 where id <= 100')
  await client.query('delete from counted where id <= 10')
  await client.query('select * from counted')
  const to = await readCounters(session)
  const { content } = await walBetween(session, from.lsn, to.lsn)
  expect(content).toMatchObject({ rowsWritten: 950 + 100 + 10, commits: 3 })
  expect((await walBetween(session, to.lsn, to.lsn)).content).toMatchObject({ rowsWritten: 0, commits: 0 })
})
