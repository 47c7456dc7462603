import type { RabbitMqNode, Random } from '@quadrille/testing'
import type { World } from '../world/world.ts'
import { type Fault, type Heal, noTarget } from './fault.ts'
import { forwardRetries } from './forward-retries.ts'

/** One part, so that only one node fails at a time: two of three nodes are a majority. */
const parts = ['RabbitMQ']

/** Nodes that are killed or paused, or that block publishers because of a memory or disk alarm. */
export const brokerFaults = (world: World, random: Random): Fault[] => [
  ...world.nodes.flatMap(nodeFaults),
  {
    target: 'all nodes',
    parts,
    kind: 'RabbitMQ down',
    lastsMs: [20_000, 30_000], // longer than orders may be open
    inject: () => killAll(world.nodes),
  },
  ...(world.nodes.length > 1 ? clusterFaults(world.nodes, random) : []),
]

const nodeFaults = (node: RabbitMqNode): Fault[] => {
  const common = { target: node.name, parts }
  return [
    { ...common, kind: 'RabbitMQ node killed', lastsMs: [0, 4_000], inject: () => kill(node) },
    {
      ...common,
      kind: 'RabbitMQ node paused',
      lastsMs: [500, 8_000],
      inject: async () => {
        await node.pause()
        return () => node.resume()
      },
    },
    {
      ...common,
      kind: 'memory alarm',
      lastsMs: [1_000, 6_000],
      inject: async () => {
        await node.ctl('set_vm_memory_high_watermark', 'absolute', '1MB')
        return async () => void (await node.ctl('set_vm_memory_high_watermark', 'absolute', '1GB'))
      },
    },
    {
      ...common,
      kind: 'disk alarm',
      lastsMs: [1_000, 6_000],
      inject: async () => {
        await node.ctl('set_disk_free_limit', '1000000GB')
        return async () => void (await node.ctl('set_disk_free_limit', '50MB'))
      },
    },
  ]
}

const clusterFaults = (nodes: readonly RabbitMqNode[], random: Random): Fault[] => [
  {
    target: 'the leader of a queue',
    parts,
    kind: 'queue leader killed',
    lastsMs: [0, 4_000],
    inject: async () => {
      const leader = await leaderOf(nodes, random)
      return leader ? kill(leader) : noTarget
    },
  },
  {
    target: 'all nodes',
    parts,
    kind: 'RabbitMQ cluster killed',
    lastsMs: [0, 4_000],
    inject: () => killAll(nodes),
  },
]

const kill = (node: RabbitMqNode): Promise<Heal> => killAll([node])

/** The nodes start again at once. When all accept connections, their retry queues are repaired. */
const killAll = async (nodes: readonly RabbitMqNode[]): Promise<Heal> => {
  await Promise.all(nodes.map((node) => node.kill()))
  return async () => {
    await Promise.all(nodes.map((node) => node.start()))
    for (const node of nodes) await forwardRetries(node)
  }
}

/**
 * The node with the leader of a random queue. Clients of that queue wait until another leader is elected. Undefined if
 * the queue has no leader now.
 */
const leaderOf = async (nodes: readonly RabbitMqNode[], random: Random): Promise<RabbitMqNode | undefined> => {
  const node = random.pick(nodes)
  const inboxes = (await node.ctl('list_queues', '--no-table-headers', 'name', 'leader'))
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([queue]) => queue?.endsWith('.inbox'))
  const [, leader] = random.pick(inboxes)
  return nodes.find(({ name }) => name === leader)
}
