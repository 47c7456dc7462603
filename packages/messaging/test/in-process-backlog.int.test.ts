/** The in-process broker's buffers and its use of the retry store. */
import { describe, expect, it, vi } from 'vitest'
import {
  ackAll,
  aMessage,
  aPair,
  aService,
  ids,
  memoryStores,
  observe,
  outbox,
  sorted,
  unique,
  until,
} from '../conformance/index.ts'
import {
  type Affected,
  type Broker,
  type Delivery,
  eventAddress,
  type InProcessOptions,
  inboxOf,
  inProcessBroker,
  type ServiceTopology,
  Unconfirmed,
  type WaitingDelivery,
} from '../src/index.ts'

/** A broker whose errors a test can read. */
const aBroker = (options: Partial<InProcessOptions> = {}) => {
  const problems: string[] = []
  const affected: Affected[] = []
  const onError: InProcessOptions['onError'] = (_error, step, about) => {
    problems.push(step)
    affected.push(about)
  }
  return { ...inProcessBroker({ onError, pollMs: 10, ...options }), problems, affected }
}

describe('a full buffer', () => {
  it('does not deadlock a cycle of services, with room for one message and one in flight', async () => {
    const broker = aBroker({ bufferSize: 1 })
    const [order, payment] = [unique('order'), unique('payment')]
    const orders = oneByOne(broker, aService(order, { consumes: [payment], essentialConsumers: [payment] }))
    const payments = oneByOne(broker, aService(payment, { consumes: [order], essentialConsumers: [order] }))
    orders.send(ids(300).map((id) => `placed ${id}`))
    await until(() => payments.received.size).toBe(600)
    await until(() => orders.received.size).toBe(300)
    for (const { confirmed } of [orders, payments]) await confirmed()
    await broker.close()
  })

  it('overflows to the retry store, in batches, and blocks no other subscriber', async () => {
    const broker = aBroker({ bufferSize: 2 })
    const [from, slow, quick] = [unique('from'), unique('slow'), unique('quick')]
    const stores = memoryStores()
    const slowly = observe(broker.join(aService(slow, { consumes: [from] }), stores), inboxOf(slow), { prefetch: 1 })
    const quickly = observe(broker.join(aService(quick, { consumes: [from] }), memoryStores()), inboxOf(quick), {
      handle: ackAll,
    })
    const { publisher } = broker.join(aService(from), memoryStores())
    const sent = outbox(publisher, eventAddress(from), ids(100))
    await until(() => quickly.deliveries.length).toBe(100)
    await until(() => stores.retries.rows.size).toBe(98)
    expect(stores.retries.batches.length).toBeLessThan(5)
    await until(() => slowly.consumer.depth()).toEqual({ messages: 99, consumers: 1 })
    const worked = new Set<string>()
    await until(() => {
      for (const delivery of slowly.deliveries) delivery.ack()
      for (const id of slowly.ids()) worked.add(id)
      return worked.size
    }).toBe(100)
    await sent
    await until(() => stores.retries.rows.size).toBe(0)
    expect(slowly.deliveries.length).toBe(100)
    await broker.close()
  })
})

describe('a message that found a full buffer', () => {
  it('is delivered, although new messages take each place that becomes free', async () => {
    const broker = aBroker({ bufferSize: 10, pollMs: 600_000 })
    const { publisher: from, consumer: to, inbox, events } = aPair()
    const stores = memoryStores()
    const { deliveries } = observe(broker.join(to, stores), inbox, { prefetch: 1 })
    const { publisher } = broker.join(from, memoryStores())
    const ended: Promise<unknown>[] = []
    const send = (id: string) => void ended.push(publisher.publish(events, aMessage(id)).catch(() => undefined))
    const all = ids(500)
    all.slice(0, 1).forEach(send)
    await until(() => deliveries.length).toBe(1)
    all.slice(1, 12).forEach(send) // ten fit into the buffer
    await until(() => stores.retries.rows.size).toBe(1)
    for (const id of all.slice(12)) {
      const settled = deliveries.length
      deliveries.at(-1)?.ack()
      send(id)
      await until(() => deliveries.length).toBe(settled + 1)
      if (deliveries.at(-1)?.message.id === all[11]) break
    }
    expect(deliveries.at(-1)?.message.id).toBe(all[11])
    await broker.close()
    await Promise.all(ended)
  })
})

describe('a consumer that settles nothing', () => {
  it('holds at most 1,000 deliveries, also with a larger prefetch, so that it does not block its publisher', async () => {
    const broker = aBroker()
    const { publisher: from, consumer: to, inbox, events } = aPair()
    const stores = memoryStores()
    const { deliveries, consumer } = observe(broker.join(to, stores), inbox, { prefetch: 10_000 })
    const { publisher } = broker.join(from, memoryStores())
    const all = ids(3_600)
    const sent: Promise<void>[] = []
    const send = (first: number, end: number) =>
      sent.push(...all.slice(first, end).map((id) => publisher.publish(events, aMessage(id))))
    send(0, 1_000)
    await until(() => deliveries.length).toBe(1_000)
    send(1_000, 3_600) // 2,500 of them fit into the buffer
    const ended = Promise.allSettled(sent)
    await Promise.all(sent.slice(3_500)) // the others are stored, and so confirmed
    await until(() => consumer.depth()).toEqual({ messages: 2_600, consumers: 1 })
    expect(deliveries.length).toBe(1_000)
    await broker.close()
    await ended
  })
})

describe('the retry store', () => {
  it('is polled when an entry is due, although the interval between polls is ten minutes', async () => {
    const broker = aBroker({ pollMs: 600_000 })
    const [from, to] = [unique('from'), unique('to')]
    const stores = memoryStores()
    const polled = vi.spyOn(stores.retries, 'nextDueMs')
    const { deliveries } = observe(broker.join(aService(to, { consumes: [from] }), stores), inboxOf(to), {
      handle: (delivery) => {
        if (delivery.attempts === 2) delivery.ack()
        else delivery.retry({ error: new Error('not now'), delayMs: 30 })
      },
    })
    await until(() => polled.mock.settledResults.length).toBe(1) // the first poll, which has found nothing
    await outbox(broker.join(aService(from), memoryStores()).publisher, eventAddress(from), ids(1))
    await until(() => deliveries.at(-1)?.attempts).toBe(2)
    await broker.close()
  })
})

describe('a delivery of an instance that has left', () => {
  it('is not confirmed by a late acknowledgement', async () => {
    const broker = aBroker()
    const { publisher: from, consumer: to, inbox, events } = aPair()
    const leaving = broker.join(to, memoryStores())
    const before = observe(leaving, inbox)
    const after = observe(broker.join(to, memoryStores()), inbox, { prefetch: 0 })
    let isConfirmed = false
    const sent = outbox(broker.join(from, memoryStores()).publisher, events, ['m1']).then(() => {
      isConfirmed = true
    })
    await until(before.ids).toEqual(['m1'])
    await leaving.leave()
    before.deliveries[0]?.ack()
    await new Promise(setImmediate)
    expect([after.deliveries.length, isConfirmed]).toEqual([0, false])
    await after.consumer.stop() // the other instance's store accepts it
    await sent
    await broker.close()
  })
})

it('a second call of leave resolves after the first', async () => {
  const broker = aBroker()
  const leaving = broker.join(aService('leaving'), memoryStores())
  const resolved: string[] = []
  const first = leaving.leave().then(() => resolved.push('first'))
  const second = leaving.leave().then(() => resolved.push('second'))
  await Promise.all([first, second])
  expect(resolved).toEqual(['first', 'second'])
  await broker.close()
})

describe('an unavailable retry store', () => {
  it('leaves messages unconfirmed, and stores them when it is available again', async () => {
    const broker = aBroker()
    const { publisher: from, consumer: to, inbox, events } = aPair()
    const stores = memoryStores()
    const { deliveries } = observe(broker.join(to, stores), inbox, {
      handle: (delivery) => delivery.attempts === 0 && delivery.retry({ error: new Error('not yet'), delayMs: 1 }),
    })
    stores.retries.unavailable = true
    let isConfirmed = false
    const sent = outbox(broker.join(from, memoryStores()).publisher, events, ids(3)).then(() => {
      isConfirmed = true
    })
    await until(() => broker.problems.filter((step) => step === 'retry').length).toBeGreaterThan(1)
    expect([deliveries.length, isConfirmed]).toEqual([3, false])
    stores.retries.unavailable = false
    await sent
    await until(() => sorted(deliveries.slice(3).map(({ message, attempts }) => `${message.id} ${attempts}`))).toEqual([
      'm1 1',
      'm2 1',
      'm3 1',
    ])
    stores.retries.unavailable = true
    for (const delivery of deliveries) delivery.ack()
    await until(() => broker.problems.filter((step) => step === 'remove').length).toBeGreaterThan(1)
    stores.retries.unavailable = false
    await until(() => stores.retries.rows.size).toBe(0)
    expect(deliveries.length).toBe(6)
    await broker.close()
  })

  it('leaves a message that waits for its retry unconfirmed when its service leaves', async () => {
    const broker = aBroker()
    const { publisher: from, consumer: to, inbox, events } = aPair()
    const stores = memoryStores()
    const leaving = broker.join(to, stores)
    observe(leaving, inbox, { handle: (delivery) => delivery.retry({ error: new Error('not yet'), delayMs: 1 }) })
    stores.retries.unavailable = true
    const { publisher } = broker.join(from, memoryStores())
    const sent = publisher.publish(events, aMessage('m1'))
    await until(() => broker.problems).toContain('retry')
    expect(broker.affected[0]).toMatchObject({ service: to.service, queue: inbox, message: { id: 'm1' } })
    await Promise.all([expect(sent).rejects.toBeInstanceOf(Unconfirmed), leaving.leave()])
    await broker.close()
  })
})

describe('a message in the retry store', () => {
  it('is delivered again by the next process when the lease of a crashed one has expired', async () => {
    const { consumer: to, inbox } = aPair()
    const stores = memoryStores()
    await stores.retries.add(inbox, [waiting({ attempts: 3, error: 'not yet' })])
    const dying = aBroker({ leaseMs: 100 })
    const before = observe(dying.join(to, stores), inbox)
    await until(before.ids).toEqual(['m1'])
    stores.retries.unavailable = true // a process that crashes releases nothing
    await dying.close()
    stores.retries.unavailable = false
    const next = aBroker({ leaseMs: 100 })
    const after = observe(next.join(to, stores), inbox, { handle: ackAll })
    await until(() => after.deliveries.map(({ attempts, crashes }) => [attempts, crashes])).toEqual([[3, 1]])
    await until(() => stores.retries.rows.size).toBe(0)
    await next.close()
  })

  it('is delivered with the crash of an earlier process after a process that has not consumed it', async () => {
    const { consumer: to, inbox } = aPair()
    const stores = memoryStores()
    await stores.retries.add(inbox, [waiting({})])
    const dying = aBroker({ leaseMs: 100 })
    const before = observe(dying.join(to, stores), inbox)
    await until(before.ids).toEqual(['m1'])
    stores.retries.unavailable = true
    await dying.close()
    stores.retries.unavailable = false
    const failing = aBroker()
    failing.join(to, stores)
    await failing.close()
    const next = aBroker()
    const after = observe(next.join(to, stores), inbox)
    await until(() => after.deliveries.map(({ crashes }) => crashes)).toEqual([1])
    await next.close()
  })

  it('is delivered without a crash after stops, whether a consumer or the buffer had it', async () => {
    const { consumer: to, inbox } = aPair()
    const stores = memoryStores()
    const waitingOnes = ids(3).map((id) => waiting({ message: aMessage(id), attempts: 3, error: 'not yet' }))
    await stores.retries.add(inbox, waitingOnes)
    for (const _ of ids(3)) {
      const broker = aBroker({ leaseMs: 600_000 })
      const { deliveries, consumer } = observe(broker.join(to, stores), inbox, { prefetch: 1 })
      await until(async () => [deliveries.length, await consumer.depth()]).toEqual([1, { messages: 2, consumers: 1 }])
      await consumer.stop()
      await broker.close()
    }
    expect(await stores.retries.take(inbox, 10, 1_000)).toMatchObject(Array(3).fill({ attempts: 3, crashes: 0 }))
  })

  it('is released only when no instance of its service is left', async () => {
    const { consumer: to, inbox } = aPair()
    const stores = memoryStores()
    await stores.retries.add(inbox, [waiting({})])
    const broker = aBroker({ leaseMs: 600_000 })
    const [one, other] = [broker.join(to, stores), broker.join(to, stores)]
    const { ids: delivered } = observe(one, inbox)
    await until(delivered).toEqual(['m1'])
    await other.leave()
    expect(await stores.retries.countDue(inbox, 10)).toBe(0)
    await one.leave()
    expect(await stores.retries.countDue(inbox, 10)).toBe(1)
    await broker.close()
  })

  it('is delivered once, however often the lease expires while it is being handled', async () => {
    const { consumer: to, inbox } = aPair()
    const stores = memoryStores()
    await stores.retries.add(inbox, [waiting({ attempts: 1 })])
    const broker = aBroker({ leaseMs: 1 })
    const taken: number[] = []
    const counting = {
      ...stores.retries,
      take: async (...call: Parameters<typeof stores.retries.take>) => {
        const rows = await stores.retries.take(...call)
        taken.push(rows.length)
        return rows
      },
    }
    const { deliveries } = observe(broker.join(to, { ...stores, retries: counting }), inbox)
    await until(() => taken.filter((rows) => rows > 0).length).toBeGreaterThan(3)
    expect(deliveries.length).toBe(1)
    await broker.close()
  })

  it('is replaced by its retry in one step', async () => {
    const broker = aBroker()
    const { consumer: to, inbox } = aPair()
    const stores = memoryStores()
    await stores.retries.add(inbox, [waiting({ attempts: 1 })])
    const removed = vi.spyOn(stores.retries, 'remove')
    const { deliveries } = observe(broker.join(to, stores), inbox, {
      handle: (delivery) =>
        delivery.attempts < 3 ? delivery.retry({ error: new Error('not yet'), delayMs: 1 }) : delivery.ack(),
    })
    await until(() => stores.retries.rows.size).toBe(0)
    expect(deliveries.map(({ attempts }) => attempts)).toEqual([1, 2, 3])
    expect(removed).toHaveBeenCalledExactlyOnceWith([expect.anything()])
    await broker.close()
  })

  it('must be settled before a consumer has caught up', async () => {
    const broker = aBroker()
    const { publisher: from, consumer: to, inbox } = aPair()
    const stores = memoryStores()
    await stores.retries.add(inbox, [waiting({ attempts: 1 })])
    const { deliveries, consumer } = observe(broker.join(to, stores), inbox)
    broker.join(from, memoryStores()).publisher.outboxAsQueue?.drained()
    await until(() => deliveries.length).toBe(1)
    expect(consumer.caughtUp()).toBe(false)
    deliveries[0]?.ack()
    await until(() => consumer.caughtUp()).toBe(true)
    await broker.close()
  })
})

it('a consumer has caught up only after the outboxes of its publishers are drained', async () => {
  const broker = aBroker()
  const { publisher: from, consumer: to, inbox, events } = aPair()
  const looks: number[] = []
  const stores = memoryStores()
  const take = async (...call: Parameters<typeof stores.retries.take>) => {
    looks.push(looks.length)
    return stores.retries.take(...call)
  }
  const { consumer } = observe(broker.join(to, { ...stores, retries: { ...stores.retries, take } }), inbox, {
    handle: ackAll,
  })
  const publishing = broker.join(from, memoryStores())
  await outbox(publishing.publisher, events, ['m1'])
  await until(() => [looks.length > 5, consumer.caughtUp()]).toEqual([true, false])
  publishing.publisher.outboxAsQueue?.drained()
  await until(() => consumer.caughtUp()).toBe(true)
  await broker.close()
})

/** A waiting entry of a retry store, due now. */
const waiting = (details: Partial<WaitingDelivery>): WaitingDelivery => ({
  message: aMessage('m1'),
  exchange: 'elsewhere.events',
  attempts: 0,
  crashes: 0,
  firstFailedAt: null,
  delayMs: 0,
  error: null,
  ...details,
})

/** A service that handles one delivery at a time, sends one message at a time, and answers 'placed' and 'paid'. */
const oneByOne = (broker: Broker, topology: ServiceTopology) => {
  const participant = broker.join(topology, memoryStores())
  const received = new Set<string>()
  let sent = Promise.resolve()
  const send = (messages: readonly string[]): void => {
    for (const id of messages)
      sent = sent.then(() => outbox(participant.publisher, eventAddress(topology.service), [id]))
  }
  const answer = (id: string) =>
    id.startsWith('placed') ? [`paid ${id}`] : id.startsWith('paid') ? [`done ${id}`] : []
  const handle = (delivery: Delivery) => {
    received.add(delivery.message.id)
    send(answer(delivery.message.id))
    setImmediate(() => delivery.ack())
  }
  participant.consume(inboxOf(topology.service), handle, { prefetch: 1 })
  return { received, send, confirmed: () => sent }
}
