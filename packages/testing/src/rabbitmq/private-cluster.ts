import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Certificate } from '../certificates.ts'
import { makeServerFolder } from '../server-folder.ts'
import type { Configuration } from './configure.ts'
import { type Installation, quoted } from './installation.ts'
import type { RabbitMqCluster } from './node.ts'
import { freePortsOf } from './ports.ts'
import { privateNode } from './private-node.ts'
import { killGroup, startGroup } from './process-group.ts'

export interface ClusterOptions {
  /** The number of nodes. */
  readonly size: number
  /** Keeps the data where `makeServerFolder` does, often in memory. Default: on the disk, because measurements need a real one. */
  readonly inMemory?: boolean | undefined
  /** A folder for the nodes' logs. Default: with their data, which is deleted. */
  readonly logs?: string | undefined
  /** Enables TLS in addition. */
  readonly certificate?: Certificate | undefined
  /**
   * Further lines of rabbitmq.conf. Without them RabbitMQ's own limits hold, such as 16 MiB or more for a body. That is above a
   * service's own limit, so that tests can exceed it.
   */
  readonly configuration?: Configuration | undefined
}

/**
 * Starts the nodes of one cluster. Resolves when each accepts connections and all have joined: one node after five to
 * ten seconds, three after twenty.
 */
export const startPrivateCluster = async (
  rabbitMq: Installation,
  { size, inMemory, logs, certificate, configuration }: ClusterOptions,
): Promise<RabbitMqCluster> => {
  const home = inMemory ? makeServerFolder() : await mkdtemp(join(tmpdir(), 'quadrille-rabbitmq-'))
  await writeFile(join(home, '.erlang.cookie'), randomBytes(16).toString('hex'), { mode: 0o400 })
  const ports = await freePortsOf(size)
  const epmdPort = ports[0]?.epmd ?? 0
  const members = ports.map((_, index) => `quadrille-${index + 1}@localhost`)
  const nodes = await Promise.all(
    ports.map((ownPorts, index) => {
      const name = members[index] ?? ''
      const directory = join(home, name)
      const own = { name, ports: ownPorts, directory, logs: logs ?? home }
      return privateNode(rabbitMq, { ...own, members, epmdPort, home, certificate, configuration })
    }),
  )
  // If the first node started it, killing that node would kill it too.
  const epmd = startGroup(quoted(rabbitMq('epmd')), {
    PATH: `${process.env['PATH']}:/usr/bin`,
    HOME: home,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(epmdPort),
  })
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.kill()))
    await killGroup(epmd)
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await Promise.all(nodes.map((node) => node.start()))
    if (size > 1) await nodes[0]?.ctl('await_online_nodes', String(size))
    return { nodes, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
