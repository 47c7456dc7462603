/** A cluster that loads the definitions while its nodes start, as docs/rabbitmq-cluster.md describes it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manage, startRabbitMqCluster } from '@quadrille/testing'
import { expect, it, onTestFinished } from 'vitest'
import { definitionsOf, unrouted } from '../src/index.ts'
import { choreography } from './choreography.ts'

/** The user of the test's nodes, which RabbitMQ itself creates only without definitions. */
const operator = { user: 'guest', password: 'guest' }

const definitionsFile = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'quadrille-definitions-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const accountOf = (service: string) => ({ user: service, password: service })
  const file = join(folder, 'definitions.json')
  await writeFile(file, JSON.stringify(definitionsOf({ services: choreography, accountOf, operator })))
  return file
}

/** The nodes with a replica of the queue. */
const replicasOf = async (queue: string, url: string) =>
  (await manage(url, `GET /api/queues/%2F/${queue}`)) as { readonly members: readonly string[] }

it('unrouted has a replica on each of the three nodes, and one of them can be lost and removed', async () => {
  const { nodes, stop } = await startRabbitMqCluster({
    size: 3,
    configuration: { load_definitions: await definitionsFile(), 'cluster_formation.target_cluster_size_hint': 3 },
  })
  onTestFinished(stop)
  const [first = expect.fail('the cluster has nodes'), , lost = expect.fail('the cluster has three nodes')] = nodes
  const names = nodes.map(({ name }) => name)
  await expect.poll(() => replicasOf(unrouted, first.url)).toMatchObject({ members: expect.arrayContaining(names) })
  await lost.kill()
  await first.ctl('forget_cluster_node', lost.name)
  expect(await replicasOf(unrouted, first.url)).toMatchObject({ members: expect.not.arrayContaining([lost.name]) })
})
