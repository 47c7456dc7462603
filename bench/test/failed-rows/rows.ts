/** Starts what can't start, and prints why. The process must end by itself. */
import { createVhost } from '@quadrille/testing'
import { runFloors } from '../../src/floors/session.ts'
import { startLoadProcess } from '../../src/load/load-process.ts'
import { floorLoads } from '../../src/plan/loads.ts'
import { startProduct } from '../../src/systems/product.ts'
import { openServers, type Servers } from '../../src/systems/servers.ts'
import { startRow } from '../../src/systems/start-row.ts'
import { workingTree } from '../../src/systems/version.ts'

await using servers = openServers()
const postgres = await servers.postgres('default')
const nowhere = 'amqp://127.0.0.1:1'

const failure = async (what: string, failing: () => Promise<unknown>): Promise<void> => {
  const reason = await failing().then(
    () => 'no error',
    (error: unknown) => String(error),
  )
  console.log(`${what}: ${reason.replaceAll('\n', ' ')}`)
}

await failure('service', () => {
  const row = { kind: 'product', id: 'traced', title: 'traced', mode: 'embedded', traced: true } as const
  return startRow({ ...row, variables: { OUTBOX_MAX: 'many' } }, { servers, report: () => undefined })
})

await failure('load', () => {
  const form = { skus: 1, lines: 1 }
  return startLoadProcess({ orderUrls: [], database: postgres.urlOf('absent'), form })
})

const withoutDatabase: Servers = {
  ...servers,
  postgres: async () => ({ ...postgres, urlOf: () => postgres.urlOf('absent') }),
}
for (const repeat of [1, 2])
  await failure('floor', () => {
    const row = { kind: 'floors', id: 'floors', title: 'floors' } as const
    const loads = floorLoads.filter(({ floor }) => floor === 'rows-1')
    const options = { servers: withoutDatabase, ms: 100, messages: null, onResult: () => undefined }
    return runFloors({ row, repeat, loads }, options)
  })

for (const _ of [1, 2])
  await failure('virtual host', () => {
    const broker = { url: nowhere, version: '', pid: null, metricsUrl: null, stop: async () => undefined }
    const options = { version: workingTree, postgres, instances: 1, variables: {} }
    return startProduct(options, { ...broker, createVhost: () => createVhost(nowhere) })
  })
