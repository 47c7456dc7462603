/**
 * The services of the choreography start on an empty RabbitMQ, in every order, and each publishes as soon as it may.
 */
import { consumersOf, type ServiceModel } from '@quadrille/messages'
import { createVhost, manage, sized } from '@quadrille/testing'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { ackAll, memoryStores, observe, outbox, sorted, until } from '../conformance/index.ts'
import { amqpBroker, eventAddress, inboxOf, topologyOf, withWorkQueues } from '../src/index.ts'
import { choreography } from './choreography.ts'

const services: readonly ServiceModel[] = Object.values(choreography)

const permutationsOf = <T>(items: readonly T[]): T[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((item) => permutationsOf(items.filter((other) => other !== item)).map((rest) => [item, ...rest]))

/** Each service has each place once. */
const rotationsOf = <T>(items: readonly T[]): T[][] =>
  items.map((_, first) => [...items.slice(first), ...items.slice(0, first)])

const sequences = sized({ quick: rotationsOf, full: permutationsOf })(services)

/**
 * Starts a service in its own process, without its work queues. `send` sends one message, named after it, when all its
 * consumers have started.
 */
const start = (url: string, model: ServiceModel) => {
  const broker = amqpBroker(url, { onError: () => undefined })
  const participant = broker.join(withWorkQueues(topologyOf(model, choreography), []), memoryStores())
  const { ids } = observe(participant, inboxOf(model.name), { handle: ackAll })
  return {
    name: model.name,
    broker,
    ids,
    send: () => outbox(participant.publisher, eventAddress(model.name), [model.name]),
    participant,
  }
}

const named = sequences.map((sequence) => [sequence.map(({ name }) => name).join(', '), sequence] as const)

it.each(named)('no event is lost if the services start in the sequence %s', async (_, sequence) => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  const started: ReturnType<typeof start>[] = []
  const sent: Promise<void>[] = []
  for (const model of sequence) {
    const service = start(vhost.url, model)
    started.push(service)
    sent.push(service.send())
    await until(() => service.participant.disconnected()).toBeNull()
  }
  await Promise.all(sent)
  for (const { name, ids } of started) {
    const sources = services.filter((source) =>
      consumersOf(source, choreography).some((consumer) => consumer.name === name),
    )
    await until(() => sorted([...new Set(ids())])).toEqual(sorted(sources.map((source) => source.name)))
  }
  await Promise.all(started.map(({ broker }) => broker.close()))
  await vhost.drop()
})

it('a user and a password may have characters beyond ASCII', async () => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  const user = `j\u00f6-${vhost.name}`
  const account = encodeURIComponent(user)
  await manage(vhost.url, `PUT /api/users/${account}`, { password: '\u00e4%\u20ac', tags: '' })
  onTestFinished(async () => {
    await manage(vhost.url, `DELETE /api/users/${account}`)
    await vhost.drop()
  })
  const everything = { configure: '.*', write: '.*', read: '.*' }
  await manage(vhost.url, `PUT /api/permissions/${vhost.name}/${account}`, everything)
  const { host, pathname } = new URL(vhost.url)
  const [model] = services
  if (!model) throw new Error('The choreography has services.')
  const { broker, participant } = start(`amqp://${user}:\u00e4%\u20ac@${host}${pathname}`, model)
  onTestFinished(() => broker.close())
  await until(() => participant.disconnected()).toBeNull()
})

describe('an unusable broker', () => {
  const reasonAt = async (url: string): Promise<string | null> => {
    const broker = amqpBroker(url, { onError: () => undefined })
    const [model] = services
    if (!model) throw new Error('The choreography has services.')
    const participant = broker.join(topologyOf(model, choreography), memoryStores())
    await until(() => participant.disconnected()).not.toBe('not connected yet')
    const reason = participant.disconnected()
    await broker.close()
    return reason
  }
  const changed = (change: Partial<URL>): string => Object.assign(new URL(inject('rabbitmqUrl')), change).href

  it('is reported by a code, without its host and user', async () => {
    expect(await reasonAt('amqp://somebody:secret@127.0.0.1:1')).toBe('can’t be reached (ECONNREFUSED)')
    expect(await reasonAt(changed({ password: 'wrong' }))).toBe('can’t be reached (403 ACCESS-REFUSED)')
    expect(await reasonAt(changed({ pathname: '/nowhere' }))).toMatch(/^can’t be reached( \([\w-]+\))?$/)
  })
})
