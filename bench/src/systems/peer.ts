/** Starts a peer: a system of bench/peers. */
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '@quadrille/embedded-postgres'
import type { Peer } from '../../peers/peers.ts'
import type { Broker } from './broker.ts'
import { startChild } from './child.ts'
import { installPeers } from './install-peers.ts'
import { type PostgresServer, withSession } from './postgres.ts'
import { untilReady } from './ready.ts'
import type { System } from './system.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = fileURLToPath(new URL('../../peers/', import.meta.url))
const database = 'peer'
/** How long work may go on after the last order is settled, ms. */
const calmWithinMs = 10_000

/** Installs the peers' packages if they are missing, and starts it with an empty database. Resolves when it is ready. */
export const startPeer = async (peer: Peer, postgres: PostgresServer, broker: Broker | null): Promise<System> => {
  installPeers(folder)
  await postgres.dropAll() // a start that failed, or a stop, may have left some
  await postgres.create([database])
  const url = postgres.urlOf(database)
  const data = temporaryFolder()
  const [port, vhost] = await Promise.all([freePort(), broker?.createVhost()])
  const env = {
    ...{ ...peer.variables, DATABASE_URL: url, PORT: String(port), DATA_DIR: data.path },
    ...(vhost && { AMQP_URL: vhost.url }),
  }
  const processes = peer.processes.map(({ name, kind, script }) => ({
    name,
    kind,
    child: startChild({ script, cwd: folder, env: { ...env, SERVICE: name } }),
  }))
  const children = processes.map(({ child }) => child)
  const stop = async () => {
    await Promise.all(children.map((child) => child.stop()))
    await vhost?.drop()
    await postgres.dropAll()
    await data.delete()
  }
  const orderUrl = `http://127.0.0.1:${port}`
  try {
    await untilReady(orderUrl, children)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    orderUrls: [orderUrl],
    stockUrl: peer.allEndings ? orderUrl : null,
    paymentUrl: peer.allEndings ? orderUrl : null,
    database: url,
    processes,
    metricsUrls: [],
    vhost: vhost?.name ?? null,
    check: () => untilRight(url, peer.check),
    audit: () => untilRight(url, peer.check),
    stop,
  }
}

/** Null once the query returns no row. Otherwise its last rows in one line. */
const untilRight = (url: string, check: string): Promise<string | null> =>
  withSession(url, async (session) => {
    for (const begun = performance.now(); ; await pause(500)) {
      const { rows } = await session.query<{ wrong: string }>(check)
      if (rows.length === 0) return null
      if (performance.now() - begun > calmWithinMs) return rows.map(({ wrong }) => wrong).join(', ')
    }
  })
