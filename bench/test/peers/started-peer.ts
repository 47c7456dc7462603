/** A peer with a database, a virtual host and a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '@quadrille/embedded-postgres'
import { createTestDatabase, createVhost } from '@quadrille/testing'
import { Client } from 'pg'
import type { Peer } from '../../peers/peers.ts'
import { type Child, startChild } from '../../src/systems/child.ts'
import { untilReady } from '../../src/systems/ready.ts'

export const peersFolder = fileURLToPath(new URL('../../peers/', import.meta.url))

export interface StartedPeer {
  /** Places orders, all at once. Returns their ids once all are accepted. */
  place(count: number): Promise<string[]>
  /** The number of these orders that are settled. */
  settled(ids: readonly string[]): Promise<number>
  /** The faults that the peer's check finds. */
  faults(): Promise<string[]>
  /** Kills all processes, and starts them again. */
  crash(): Promise<void>
  stop(): Promise<void>
}

/** Starts the peer, whose packages must be installed, on the servers of the test run. */
export const startPeer = async (
  peer: Peer,
  servers: { readonly postgresUrl: string; readonly rabbitmqUrl: string },
): Promise<StartedPeer> => {
  const [database, vhost, data, port] = await Promise.all([
    createTestDatabase(servers.postgresUrl),
    createVhost(servers.rabbitmqUrl),
    mkdtemp(join(tmpdir(), 'peer-')),
    freePort(),
  ])
  const url = `http://127.0.0.1:${port}`
  const env = {
    ...{ ...peer.variables, DATABASE_URL: database.url, AMQP_URL: vhost.url },
    ...{ PORT: String(port), DATA_DIR: data },
  }
  const start = async (): Promise<Child[]> => {
    const started = peer.processes.map(({ name, script }) =>
      startChild({ script, cwd: peersFolder, env: { ...env, SERVICE: name } }),
    )
    await untilReady(url, started)
    return started
  }
  let children = await start()
  const client = new Client({ connectionString: database.url })
  await client.connect()
  return {
    place: (count) => Promise.all(Array.from({ length: count }, () => placeOne(url))),
    settled: async (ids) => {
      const settled = 'select id from customer_order where settled and id = any($1::uuid[])'
      return (await client.query(settled, [ids])).rows.length
    },
    faults: async () => (await client.query<{ wrong: string }>(peer.check)).rows.map(({ wrong }) => wrong),
    crash: async () => {
      for (const { pid } of children) process.kill(pid, 'SIGKILL')
      await Promise.all(children.map(({ ended }) => ended))
      children = await start()
    },
    stop: async () => {
      await client.end()
      await Promise.all(children.map((child) => child.stop()))
      await Promise.all([database.drop(), vhost.drop(), rm(data, { recursive: true, force: true })])
    },
  }
}

const order = {
  customer: { id: 'customer-1', email: 'customer@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'bench-0', quantity: 2, unitPrice: 1_000 }],
  payment: { method: 'pm_card_visa' },
}

const placeOne = async (url: string): Promise<string> => {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/orders`, { method: 'POST', headers, body: JSON.stringify(order) })
  const body = await response.text()
  if (response.status !== 202) throw new Error(`The order was answered with ${response.status}: ${body}`)
  return JSON.parse(body).id
}
