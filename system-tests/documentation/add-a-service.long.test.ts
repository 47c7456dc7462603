/** The steps of docs/add-a-service.md work as written, except for addresses and names of this test. */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createTestDatabase, createVhost, manage, type Vhost } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'
import { main, newFolder, startIn, untilPrinted } from '../start/started.ts'
import { setDocumentedPolicy, urlOfDocumentedUser } from './documented-user.ts'
import { commandsOf, root } from './documents.ts'

const page = 'docs/add-a-service.md'
const commands = commandsOf(page)

/** The only command of the page that contains this text. */
const command = (part: string): string => {
  const [found = '', ...more] = commands.filter((one) => one.includes(part))
  expect(more, `more than one command with ${part}`).toEqual([])
  expect(found).not.toBe('')
  return found
}

const openVhost = async () => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(() => vhost.drop())
  return vhost
}

/** An empty database, which the page creates by createdb. */
const createDatabase = async (): Promise<string> => {
  expect(command('createdb')).toBe('createdb loyalty')
  const database = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(() => database.drop())
  return database.url
}

interface Queue {
  readonly name: string
  readonly policy?: string
}

/** The policies of the queues in which messages of the service accumulate. */
const policiesOfQueues = async (vhost: Vhost): Promise<(string | undefined)[]> => {
  const queues = (await manage(inject('rabbitmqUrl'), `GET /api/queues/${vhost.name}`)) as readonly Queue[]
  const accumulating = queues.filter(({ name }) => ['loyalty.inbox', 'loyalty.dead'].includes(name))
  return accumulating.map(({ policy }) => policy)
}

test('the example awards points for an order of the shop, with exactly the permissions of the page', async () => {
  const vhost = await openVhost()
  expect(command('npm start')).toBe('AMQP_URL=amqp://127.0.0.1 npm start')
  const shop = startIn(newFolder(), [main], { AMQP_URL: vhost.url })
  await untilPrinted(shop, 'Quadrille is ready')
  const [, orderUrl = ''] = /order +(http:\S+)/.exec(shop.output()) ?? []

  const [variables = '', script = ''] = command('run.mjs examples/loyalty').split(' node run.mjs ')
  expect(variables).toBe('PORT=3020 DATABASE_URL=postgres://127.0.0.1/loyalty AMQP_URL=amqp://127.0.0.1')
  expect(await setDocumentedPolicy(page, 'loyalty', vhost)).toEqual({ 'max-length-bytes': 2 ** 30 })
  const amqpUrl = await urlOfDocumentedUser(page, 'loyalty', vhost)
  const service = startIn(newFolder(), ['run.mjs', script], {
    PORT: '0',
    DATABASE_URL: await createDatabase(),
    AMQP_URL: amqpUrl,
  })
  await untilPrinted(service, '"msg":"listening"')
  const [, loyaltyUrl = ''] = /"url":"(http:[^"]+)"/.exec(service.output()) ?? []
  await waitFor(async () => expect((await fetch(`${loyaltyUrl}/health/ready`)).status).toBe(200))

  await waitFor(async () => expect(await policiesOfQueues(vhost)).toEqual(['loyalty', 'loyalty']))

  const run = async (part: string): Promise<unknown> => {
    const here = command(part).replace('http://127.0.0.1:3000', orderUrl).replace('http://127.0.0.1:3020', loyaltyUrl)
    return JSON.parse((await promisify(execFile)('sh', ['-ec', here], { cwd: root })).stdout)
  }
  expect(await run('/orders -H')).toMatchObject({ status: 'placed', total: 2_500 })
  const points = () => run('/points/ada')
  await waitFor(async () => expect(await points()).toEqual({ customerId: 'ada', points: 25 }))
  for (const { child, exit } of [service, shop]) {
    child.kill('SIGTERM')
    expect(await exit).toBe(0)
  }
})
