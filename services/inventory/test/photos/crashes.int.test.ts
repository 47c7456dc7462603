/** Photos whose workers crash, with the policies of a started service. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { choreography } from '@quadrille/events'
import { inboxOf, inProcessBroker, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { startService } from '@quadrille/service'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { pino } from 'pino'
import { expect, inject, it, onTestFinished } from 'vitest'
import { createImagePool } from '../../src/photos/images/pool.ts'
import { inventory } from '../../src/service.ts'
import { processPhoto } from '../../src/tasks/process-photo.ts'
import { aPng } from './images.ts'

const log = pino({ level: 'silent' })

/** Inventory with workers that crash, and the attempts that they have cost, by photo. */
const start = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quadrille-photos-'))
  const module = join(folder, 'worker.mjs')
  await writeFile(module, `process.on('message', () => process.kill(process.pid, 'SIGKILL'))`)
  const images = createImagePool({
    locate: async () => folder,
    module: pathToFileURL(module),
    maxProcesses: 2,
    priority: 'normal',
  })
  const attempts = new Map<string, number>()
  const task = processPhoto({ findProgress: async () => 'waiting', images })
  const counted: typeof task = {
    ...task,
    perform: (message, attempt) => {
      attempts.set(message.data.photoId, attempt.number)
      return task.perform(message, attempt)
    },
  }
  const crashing: typeof inventory = {
    ...inventory,
    wire: (context) => ({
      ...inventory.wire?.(context),
      work: { 'inventory.tasks': { tasks: { ProcessPhoto: counted } } },
    }),
  }
  const database = await createServiceDatabase(inject('postgresUrl'), inventory)
  const broker = inProcessBroker({ onError: (error) => log.error(error) })
  const order = broker.join(topologyOf(choreography.order, choreography), memoryStores())
  order.consume(inboxOf('order'), ({ ack }) => ack(), { prefetch: 1 }) // inventory publishes nothing without its consumer
  const env = { DATABASE_URL: database.url, PORT: '0', SEED: 'demo', PHOTOS_DIR: folder, RETRY_ATTEMPTS: '1' }
  const service = await startService(crashing, { broker, env, log })
  onTestFinished(async () => {
    await service.stop()
    await broker.close()
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  })
  return { url: service.url, attempts }
}

it('six photos that crash their workers do not hold the queue: each attempt counts', async () => {
  const { url, attempts } = await start()
  const body = await aPng({ width: 9, height: 9 })
  const init = { method: 'PUT', headers: { 'content-type': 'image/png' }, body }
  for (let sent = 0; sent < 6; sent += 1) expect((await fetch(`${url}/stock/mug/photo`, init)).status).toBe(202)
  const tried = () => [...attempts.values()].filter((number) => number >= 2).length
  await expect.poll(tried).toBe(6)
  expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({ held: {} })
})
