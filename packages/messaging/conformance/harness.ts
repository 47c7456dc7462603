/**
 * The harness of an adapter for the conformance suite, and its tools: topologies, messages, an outbox and an observed
 * consumer.
 */
import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import {
  type Address,
  type Broker,
  type Consumer,
  type Delivery,
  directExchange,
  eventAddress,
  eventsExchange,
  inboxOf,
  type Participant,
  type Publisher,
  type QuestionTopology,
  questionsOf,
  type ServiceTopology,
  Unconfirmed,
  type WireMessage,
} from '../src/index.ts'
import { type MemoryStores, memoryStores } from './memory-stores.ts'

export interface Harness {
  /** Joins like an instance of the service in its own process. */
  join(service: ServiceTopology): Participant
  /** The stores that the instances of a service share, like its database. */
  stores(service: ServiceTopology): MemoryStores
  close(): Promise<void>
}

export type MakeHarness = () => Promise<Harness>

export const harnessOf = (broker: Broker): Harness => {
  const all = new Map<string, MemoryStores>()
  const stores = ({ service }: ServiceTopology) => {
    const own = all.get(service) ?? memoryStores()
    all.set(service, own)
    return own
  }
  return { join: (service) => broker.join(service, stores(service)), stores, close: () => broker.close() }
}

/** Runs a test on its own harness. */
export const on =
  (makeHarness: MakeHarness, test: (harness: Harness) => Promise<void>): (() => Promise<void>) =>
  async () => {
    const harness = await makeHarness()
    try {
      await test(harness)
    } finally {
      await harness.close()
    }
  }

/** Waits until `read` returns the expected value. */
export const until = <T>(read: () => T): ReturnType<typeof expect.poll<T>> =>
  expect.poll(read, { timeout: 60_000, interval: 10 })

/**
 * A connected instance. The first of two should be: while a queue is being created, RabbitMQ refuses messages for it.
 */
export const connected = async (harness: Harness, service: ServiceTopology): Promise<Participant> => {
  const participant = harness.join(service)
  await until(() => participant.disconnected()).toBeNull()
  return participant
}

/** A name that no other test uses. */
export const unique = (name: string): string => `${name}-${randomUUID().slice(0, 8)}`

interface Details {
  /** The services whose events it consumes. */
  readonly consumes?: readonly string[]
  /** Names of its work queues. */
  readonly work?: readonly string[]
  /** The fanout exchange of its work queues. */
  readonly fanout?: string
  /** Services whose inboxes must exist before it publishes events. */
  readonly essentialConsumers?: readonly string[]
  /** The types of questions that it answers. */
  readonly answers?: readonly string[]
  /** The questions of other services that it asks. */
  readonly asking?: readonly QuestionTopology[]
}

/** The topology of a service. */
export const aService = (
  name: string,
  { consumes = [], work = [], fanout, essentialConsumers = [], answers, asking }: Details = {},
): ServiceTopology => ({
  service: name,
  essential: true,
  events: eventsExchange(name),
  direct: directExchange(name),
  fanout: fanout ?? null,
  queues: [
    { name: inboxOf(name), exchanges: consumes.map(eventsExchange) },
    ...work.map((queue) => ({ name: queue, exchanges: fanout === undefined ? [] : [fanout] })),
  ],
  deadLetterQueue: `${name}.dead`,
  requiredInboxes: essentialConsumers.map(inboxOf),
  ...(answers && { answering: questionsOf(name, answers) }),
  ...(asking && { asking }),
})

/** The service without its inbox, which would be six queues at RabbitMQ. */
export const withoutInbox = (service: ServiceTopology): ServiceTopology => ({ ...service, queues: [] })

/** One publisher and one consumer of its events, whose inbox the publisher waits for. */
export const aPair = () => {
  const [from, to] = [unique('publisher'), unique('consumer')]
  return {
    publisher: withoutInbox(aService(from, { essentialConsumers: [to] })),
    consumer: aService(to, { consumes: [from] }),
    inbox: inboxOf(to),
    events: eventAddress(from),
  }
}

export const aMessage = (id: string, details: Partial<WireMessage> = {}): WireMessage => ({
  id,
  type: 'SomethingHappened',
  correlationId: 'correlation-1',
  appId: 'publisher',
  contentType: 'application/json',
  timestamp: new Date('2026-01-01T12:00:00Z'),
  body: Buffer.from(JSON.stringify({ id })),
  headers: {},
  ...details,
})

/** The ids 'm1' to 'm<count>'. */
export const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `m${index + 1}`)

/** Publishes like a relay: in order, all at once. Publishes unconfirmed messages again. */
export const outbox = async (publisher: Publisher, to: Address, messages: readonly string[]): Promise<void> => {
  for (let rows = messages; rows.length > 0; ) {
    await until(() => publisher.waitingFor()).toBeNull()
    const confirmed = await Promise.all(rows.map((id) => publisher.publish(to, aMessage(id)).then(yes, notYet)))
    rows = rows.filter((_, index) => !confirmed[index])
  }
}

const yes = () => true

const notYet = (error: unknown): boolean => {
  if (error instanceof Unconfirmed) return false
  throw error
}

export interface Observed {
  readonly consumer: Consumer
  readonly deliveries: readonly Delivery[]
  /** The message ids of the deliveries, in order. */
  ids(): string[]
}

/** Consumes and records deliveries. Calls `handle` for each of them as soon as it arrives. */
export const observe = (
  participant: Participant,
  queue: string,
  { prefetch = 100, handle }: { prefetch?: number; handle?: (delivery: Delivery) => void } = {},
): Observed => {
  const deliveries: Delivery[] = []
  const consumer = participant.consume(
    queue,
    (delivery) => {
      deliveries.push(delivery)
      handle?.(delivery)
    },
    { prefetch },
  )
  return { consumer, deliveries, ids: () => deliveries.map(({ message }) => message.id) }
}

export const ackAll = (delivery: Delivery): void => delivery.ack()

/** A sorted copy, for a list whose order does not matter. */
export const sorted = (list: readonly string[]): string[] => [...list].sort()
