/** The position that the relay by log may confirm with pg-logical-replication. */
import { Client } from 'pg'
import { LogicalReplicationService, type Pgoutput, PgoutputPlugin } from 'pg-logical-replication'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type PostgresServer, startPostgres } from '../../src/systems/postgres.ts'

const plugin = () => new PgoutputPlugin({ protoVersion: 1, publicationNames: ['numbers'] })

let server: PostgresServer
let clients: Client[]

beforeAll(async () => {
  server = await startPostgres('logical')
  await server.create(['positions'])
  clients = Array.from({ length: 10 }, () => new Client({ connectionString: server.urlOf('positions') }))
  for (const client of clients) await client.connect()
  await clients[0]?.query('create table number (value integer); create publication numbers for table number')
})
afterAll(async () => {
  for (const client of clients) await client.end()
  await server.stop()
})

const commitsOf = async (slot: string): Promise<Pgoutput.MessageCommit[]> => {
  const result = await clients[0]?.query<{ data: Buffer }>(
    `select data from pg_logical_slot_peek_binary_changes($1, null, null, 'proto_version', '1', 'publication_names', 'numbers')`,
    [slot],
  )
  const decoder = plugin()
  const messages = (result?.rows ?? []).map(({ data }) => decoder.parse(data) as Pgoutput.Message)
  return messages.filter((message) => message.tag === 'commit')
}

/** Commits transactions at the same time, until a commit record begins where the one before it ends. Returns the first of the two. */
const twoAdjacentCommits = async (slot: string): Promise<Pgoutput.MessageCommit> => {
  await clients[0]?.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [slot])
  for (;;) {
    await Promise.all(clients.map((client, value) => client.query(`begin; insert into number values (${value})`)))
    await Promise.all(clients.map((client) => client.query('commit')))
    const commits = await commitsOf(slot)
    const first = commits.find(({ commitEndLsn }, index) => commitEndLsn === commits[index + 1]?.commitLsn)
    if (first) return first
  }
}

const confirm = async (slot: string, position: string | null): Promise<void> => {
  const service = new LogicalReplicationService(
    { connectionString: server.urlOf('positions') },
    { acknowledge: { auto: false, timeoutSeconds: 0 } },
  )
  const started = Promise.withResolvers<void>()
  service.on('start', started.resolve)
  service.on('error', started.reject)
  void service.subscribe(plugin(), slot, '0/0')
  await started.promise
  await service.acknowledge(position ?? '')
  const confirmed = async () => {
    const slots = await clients[0]?.query(
      'select confirmed_flush_lsn >= $2::pg_lsn as yes from pg_replication_slots where slot_name = $1',
      [slot, position],
    )
    return slots?.rows[0]?.yes
  }
  await expect.poll(confirmed).toBe(true)
  await service.destroy()
  const isActive = async () =>
    (await clients[0]?.query('select active from pg_replication_slots where slot_name = $1', [slot]))?.rows[0]?.active
  await expect.poll(isActive).toBe(false)
}

it('after the begin of a commit record, the slot continues with the next transaction', async () => {
  const { commitLsn, commitEndLsn } = await twoAdjacentCommits('begin')
  await confirm('begin', commitLsn)
  expect((await commitsOf('begin'))[0]?.commitLsn).toBe(commitEndLsn)
})

it('after the end of a commit record, the slot skips a transaction whose commit record begins there', async () => {
  const { commitEndLsn } = await twoAdjacentCommits('end')
  await confirm('end', commitEndLsn)
  expect((await commitsOf('end')).map(({ commitLsn }) => commitLsn)).not.toContain(commitEndLsn)
})
