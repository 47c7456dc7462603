/** Each service has a user at RabbitMQ with exactly the permissions that it needs. */
import { randomUUID } from 'node:crypto'
import { consumersOf, type ServiceModel } from '@quadrille/messages'
import { createVhost, manage, type Vhost } from '@quadrille/testing'
import { type Channel, type ChannelModel, connect } from 'amqplib'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { memoryStores, observe, outbox, sorted, until } from '../conformance/index.ts'
import {
  amqpBroker,
  definitionsOf,
  directExchange,
  eventAddress,
  eventsExchange,
  inboxOf,
  topologyOf,
  unrouted,
} from '../src/index.ts'
import { choreography } from './choreography.ts'

const services: readonly ServiceModel[] = Object.values(choreography)
const password = randomUUID()
const accountOf = (service: string) => ({ user: `${service}-${password}`, password })
const observer = 'observer'

let vhost: Vhost
const urlOf = (service: string, { url } = vhost): string => {
  const { user: username } = accountOf(service)
  return Object.assign(new URL(url), { username, password }).href
}

const importDefinitions = ({ name }: Vhost) =>
  manage(
    inject('rabbitmqUrl'),
    'POST /api/definitions',
    definitionsOf({ services: choreography, vhost: name, accountOf, observer: accountOf(observer) }),
  )

beforeAll(async () => {
  const serverUrl = inject('rabbitmqUrl')
  vhost = await createVhost(serverUrl)
  await importDefinitions(vhost)
  return async () => {
    for (const name of [observer, ...services.map((service) => service.name)])
      await manage(serverUrl, `DELETE /api/users/${accountOf(name).user}`)
    await vhost.drop()
  }
})

const start = (model: ServiceModel, at = vhost) => {
  const { name } = model
  const errors: unknown[] = []
  const broker = amqpBroker(urlOf(name, at), { onError: (error) => errors.push(error) })
  const stores = memoryStores()
  const participant = broker.join(topologyOf(model, choreography), stores)
  const { deliveries } = observe(participant, inboxOf(name), {
    handle: (delivery) =>
      delivery.attempts === 0 ? delivery.retry({ error: new Error('not yet'), delayMs: 0 }) : delivery.ack(),
  })
  return { name, broker, participant, deliveries, errors }
}

it('the permissions of each service suffice to consume, publish and retry', async () => {
  const started = services.map((model) => start(model))
  onTestFinished(async () => void (await Promise.all(started.map(({ broker }) => broker.close()))))
  await until(() => started.map(({ participant }) => participant.disconnected())).toEqual(started.map(() => null))
  await Promise.all(started.map(({ name, participant }) => outbox(participant.publisher, eventAddress(name), [name])))
  for (const { name, deliveries } of started) {
    const sources = services.filter((source) =>
      consumersOf(source, choreography).some((consumer) => consumer.name === name),
    )
    const done = () => sorted(deliveries.filter(({ attempts }) => attempts === 1).map(({ message }) => message.id))
    await until(done).toEqual(sorted(sources.map((source) => source.name)))
  }
  expect(started.flatMap(({ errors }) => errors)).toEqual([])
})

it('the permissions suffice to ask and to answer questions', async () => {
  const [desk, stacks] = [start(choreography.desk), start(choreography.stacks)]
  onTestFinished(async () => void (await Promise.all([desk, stacks].map(({ broker }) => broker.close()))))
  stacks.participant.answer(async (questions) => questions.map(() => Buffer.from('two copies')))
  const ask = () =>
    desk.participant.questions
      .ask({ type: 'Shelved', body: Buffer.from('978'), headers: {} }, { timeoutMs: 1_000 })
      .catch(String)
  await until(async () => String(await ask())).toBe('two copies')
  expect([...desk.errors, ...stacks.errors]).toEqual([])
})

it.each([
  ['queue', 'deleteQueue'],
  ['exchange', 'deleteExchange'],
] as const)(
  'services connect although the %s unrouted and the exchanges of events were deleted, and publish',
  async (_, remove) => {
    const damaged = await createVhost(inject('rabbitmqUrl'))
    onTestFinished(() => damaged.drop())
    await importDefinitions(damaged)
    const connection = await connect(damaged.url)
    onTestFinished(() => connection.close())
    const channel = await connection.createChannel()
    await channel[remove](unrouted)
    for (const { name } of services) await channel.deleteExchange(eventsExchange(name))
    const started = services.map((model) => start(model, damaged))
    onTestFinished(async () => void (await Promise.all(started.map(({ broker }) => broker.close()))))
    await until(() => started.map(({ participant }) => participant.disconnected())).toEqual(started.map(() => null))
    await Promise.all(started.map(({ name, participant }) => outbox(participant.publisher, eventAddress(name), [name])))
    for (const { errors } of started)
      expect(errors.map(String)).toContainEqual(expect.stringContaining('unrouted is missing'))
  },
)

it('a message that crashes its consumer even in the dead-letter queue ends in unrouted', async () => {
  const { deadLetterQueue, direct } = topologyOf(choreography.stacks, choreography)
  const { broker, participant } = start(choreography.stacks)
  await until(() => participant.disconnected()).toBeNull()
  await broker.close() // everything is declared now
  const connection = await connect(vhost.url)
  onTestFinished(() => connection.close())
  const channel = await connection.createChannel()
  let deliveries = 0
  await channel.consume(deadLetterQueue, (delivered) => {
    deliveries += 1
    if (delivered) channel.reject(delivered, true) // counts like a crash
  })
  channel.publish(direct, deadLetterQueue, Buffer.from('deadly'), { messageId: 'deadly' })
  await until(async () => (await channel.checkQueue(unrouted)).messageCount).toBe(1)
  expect(deliveries).toBe(21)
  expect(await channel.get(unrouted)).toMatchObject({
    properties: { messageId: 'deadly', headers: { 'x-first-death-queue': deadLetterQueue } },
  })
})

/** One connection of an account for the tests of a block. Each test opens a channel, which ends if something is refused. */
const useConnectionOf = (account: string) => {
  let connection: ChannelModel
  beforeAll(async () => {
    connection = await connect(urlOf(account))
  })
  afterAll(() => connection.close())
  return () => connection.createChannel()
}

/** The answer of RabbitMQ to a channel that attempts this. */
const refusalOf = async (channel: Channel, attempt: (channel: Channel) => Promise<unknown>): Promise<unknown> => {
  const refused = new Promise<unknown>((resolve) => channel.on('error', resolve))
  return attempt(channel).then(
    () => 'allowed',
    () => refused, // the channel reports the reason
  )
}

describe('a service', () => {
  const open = useConnectionOf('stacks')
  const answers = `desk.replies.${randomUUID()}`
  const forbidden: Record<string, (channel: Channel) => Promise<unknown>> = {
    'publish an event of another service': async (channel) => {
      channel.publish(eventsExchange('desk'), '', Buffer.from('forged'))
      await channel.checkExchange(eventsExchange('desk')) // answered after the publish was rejected
    },
    'send fees a task': async (channel) => {
      channel.publish(directExchange('fees'), inboxOf('fees'), Buffer.from('forged'))
      await channel.checkExchange(directExchange('fees'))
    },
    'publish directly to the inbox of fees': async (channel) => {
      channel.sendToQueue(inboxOf('fees'), Buffer.from('forged'))
      await channel.checkQueue(inboxOf('fees'))
    },
    'consume the inbox of fees': (channel) => channel.consume(inboxOf('fees'), () => undefined),
    'read from the inbox of fees': (channel) => channel.get(inboxOf('fees')),
    'purge the inbox of fees': (channel) => channel.purgeQueue(inboxOf('fees')),
    'delete the inbox of fees': (channel) => channel.deleteQueue(inboxOf('fees')),
    'unbind the inbox of fees': (channel) => channel.unbindQueue(inboxOf('fees'), eventsExchange('desk'), ''),
    'read from unrouted': (channel) => channel.get(unrouted),
    'bind to an exchange that it does not consume': (channel) =>
      channel.bindQueue(inboxOf('stacks'), eventsExchange('reminders'), ''),
    'ask a question that it does not ask': async (channel) => {
      channel.publish('fees.questions', 'Balance', Buffer.from('forged'))
      await channel.checkExchange('fees.questions')
    },
    'ask the questions that it answers': async (channel) => {
      channel.publish('stacks.questions', 'Shelved', Buffer.from('forged'))
      await channel.checkExchange('stacks.questions')
    },
    'answer for another service': async (channel) => {
      channel.publish('fees.answers', answers, Buffer.from('forged'))
      await channel.checkExchange('fees.answers')
    },
    'read the answers to another service': (channel) => channel.consume(answers, () => undefined),
    'create a queue with another name': (channel) => channel.assertQueue('stacks.inbox.copy'),
    'create a queue in the place of those that name its owner': (channel) => channel.assertQueue('stacks.owner.copy'),
    'create a queue whose name the broker chooses': (channel) => channel.assertQueue(''),
  }

  it.each(Object.entries(forbidden))('may not %s', async (_, attempt) => {
    expect(await refusalOf(await open(), attempt)).toMatchObject({ code: 403 })
  })
})

describe('the observer', () => {
  const open = useConnectionOf(observer)

  it('may ask for the depth of a queue', async () => {
    expect(await (await open()).checkQueue(unrouted)).toMatchObject({ messageCount: expect.any(Number) })
  })

  const forbidden: Record<string, (channel: Channel) => Promise<unknown>> = {
    'read from a queue': (channel) => channel.get(unrouted),
    'purge a queue': (channel) => channel.purgeQueue(unrouted),
    'declare a queue': (channel) => channel.assertQueue('mine'),
    'bind a queue': (channel) => channel.bindQueue(inboxOf('stacks'), eventsExchange('stacks'), ''),
    'publish to a queue': async (channel) => {
      channel.sendToQueue(unrouted, Buffer.from('forged'))
      await channel.checkQueue(unrouted)
    },
  }

  it.each(Object.entries(forbidden))('may not %s', async (_, attempt) => {
    expect(await refusalOf(await open(), attempt)).toMatchObject({ code: 403 })
  })
})
