import type { RabbitMqNode, Random } from '@quadrille/testing'
import type { World } from '../world/world.ts'
import { type Fault, type Heal, hitNothing } from './fault.ts'

/** One node at a time: of three nodes, two are a majority. */
const part = 'RabbitMQ'

/** Nodes that are killed or paused, and nodes that block publishers because of low memory or disk space. */
export const brokerFaults = (world: World, random: Random): Fault[] => [
  ...world.nodes.flatMap(nodeFaults),
  {
    target: 'all nodes',
    part,
    kind: 'RabbitMQ down',
    lastsMs: [20_000, 30_000], // longer than orders may be open
    inject: () => killAll(world.nodes),
  },
  ...(world.nodes.length > 1 ? clusterFaults(world.nodes, random) : []),
]

const nodeFaults = (node: RabbitMqNode): Fault[] => {
  const one = { target: node.name, part }
  return [
    { ...one, kind: 'RabbitMQ node killed', lastsMs: [0, 4_000], inject: () => kill(node) },
    {
      ...one,
      kind: 'RabbitMQ node paused',
      lastsMs: [500, 8_000],
      inject: async () => {
        await node.pause()
        return () => node.resume()
      },
    },
    {
      ...one,
      kind: 'memory alarm',
      lastsMs: [1_000, 6_000],
      inject: async () => {
        await node.ctl('set_vm_memory_high_watermark', 'absolute', '1MB')
        return async () => void (await node.ctl('set_vm_memory_high_watermark', 'absolute', '1GB'))
      },
    },
    {
      ...one,
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
    part,
    kind: 'queue leader killed',
    lastsMs: [0, 4_000],
    inject: async () => {
      const leader = await leaderOf(nodes, random)
      return leader ? kill(leader) : hitNothing
    },
  },
  {
    target: 'all nodes',
    part,
    kind: 'RabbitMQ cluster killed',
    lastsMs: [0, 4_000],
    inject: () => killAll(nodes),
  },
]

const killAll = async (nodes: readonly RabbitMqNode[]): Promise<Heal> => {
  const heals = await Promise.all(nodes.map(kill))
  return async () => void (await Promise.all(heals.map((heal) => heal())))
}

const kill = async (node: RabbitMqNode): Promise<Heal> => {
  await node.kill()
  return () => node.start()
}

/**
 * The leader of a random queue: users of that queue wait until another one is elected. Undefined if no queue has one
 * now.
 */
const leaderOf = async (nodes: readonly RabbitMqNode[], random: Random): Promise<RabbitMqNode | undefined> => {
  const asked = random.pick(nodes)
  const inboxes = (await asked.ctl('list_queues', '--no-table-headers', 'name', 'leader'))
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([queue]) => queue?.endsWith('.inbox'))
  const [, leader] = random.pick(inboxes)
  return nodes.find(({ name }) => name === leader)
}
