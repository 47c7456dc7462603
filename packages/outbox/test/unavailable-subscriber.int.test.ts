/** The relay and the in-process broker while the database of one of two subscribers is unavailable. */
import { randomUUID } from 'node:crypto'
import { type Delivery, inProcessBroker, type ServiceTopology } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { expect, it, onTestFinished } from 'vitest'
import { type Inserted, type Outgoing, Relay } from '../src/index.ts'
import { useDatabase } from './a-database.ts'

const given = useDatabase()

const topologyOf = (service: string, exchanges: readonly string[]): ServiceTopology => ({
  ...{ service, essential: true, events: `${service}.events`, direct: `${service}.direct`, fanout: null },
  ...{ queues: [{ name: `${service}.inbox`, exchanges }], deadLetterQueue: `${service}.dead`, requiredInboxes: [] },
})

const messages = (count: number): Outgoing[] =>
  Array.from({ length: count }, () => ({
    ...{ id: randomUUID(), type: 'Lent', subject: randomUUID(), body: '{}', traceparent: undefined },
    to: { exchange: 'desk.events', routingKey: '' },
  }))

/** A desk with two subscribers. It sends its messages through a relay. */
const start = async () => {
  const { database } = given
  const broker = inProcessBroker({ onError: () => undefined, pollMs: 10 })
  const subscribe = (service: string, handle: (delivery: Delivery) => void) => {
    const stores = memoryStores()
    const received = new Set<string>()
    const receive = (delivery: Delivery) => {
      received.add(delivery.message.id)
      handle(delivery)
    }
    broker.join(topologyOf(service, ['desk.events']), stores).consume(`${service}.inbox`, receive, { prefetch: 250 })
    return { received, retries: stores.retries }
  }
  const held: Delivery[] = []
  const healthy = subscribe('healthy', (delivery) => delivery.ack())
  const affected = subscribe('affected', (delivery) =>
    affected.retries.unavailable ? held.push(delivery) : delivery.ack(),
  )
  const { publisher } = broker.join(topologyOf('desk', []), memoryStores())
  const common = {
    ...{ service: 'desk' },
    redactText: (text: string) => text,
    onError: () => undefined,
  }
  const relay = new Relay({ database, publisher, storeUnsendable: () => Promise.resolve(), ...common })
  relay.start()
  onTestFinished(async () => void (await Promise.all([broker.close(), relay.stop()])))
  const send = async (count: number) => {
    const handoff = relay.prepare(messages(count))
    handoff.committed(await database.transaction((sql) => sql.commit<Inserted>(handoff.statements)))
  }
  return { relay, send, held, healthy, affected }
}

const until = <T>(read: () => T) => expect.poll(read, { interval: 20 })

/** Waits for several measurements of the backlog. A relay with room sweeps without pauses, but it measures only twice a second. */
const untilMeasured = async (relay: Relay) => {
  for (let measurements = 0; measurements < 4; measurements += 1) {
    const previous = relay.backlog()
    await until(() => relay.backlog()).not.toBe(previous)
  }
}

it('the other subscriber gets 7,500 messages and then waits, and both get all when the database is available again', async () => {
  const { relay, send, held, healthy, affected } = await start()
  affected.retries.unavailable = true
  for (let sent = 0; sent < 9_000; sent += 100) await send(100)
  await until(() => healthy.received.size).toBeGreaterThanOrEqual(7_500)
  await untilMeasured(relay)
  expect(healthy.received.size).toBeLessThanOrEqual(8_000)
  affected.retries.unavailable = false
  for (const delivery of held) delivery.ack()
  await until(() => [healthy.received.size, affected.received.size]).toEqual([9_000, 9_000])
})
