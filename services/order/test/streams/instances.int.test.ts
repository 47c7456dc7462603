/** Streams of several instances, while transactions commit out of order, and clients are cut and resume at another instance. */

import { openDatabase } from '@quadrille/postgres'
import { type Random, seeded, sized } from '@quadrille/testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { expect, it, onTestFinished } from 'vitest'
import { type OrdersByHttp, startOrders } from '../orders-by-http.ts'
import { openEvents, type Received } from './event-client.ts'
import { begin, idleInTransactionMs, insert, randomTransactions } from './transactions.ts'

const databaseAt = (url: string) => {
  const database = openDatabase({
    url,
    applicationName: 'test',
    max: 8,
    idleInTransactionMs,
    onIdleError: () => undefined,
  })
  onTestFinished(() => database.end())
  return database
}

const idsOf = (events: readonly Received[]): string[] => events.map(({ event }) => event.id)

/** A client that is cut again and again. */
const restless = (instances: readonly OrdersByHttp[], random: Random) => {
  const received: Received[] = []
  let lastId = 'start'
  let isDone = false
  const connect = async () => {
    const { url } = random.pick(instances)
    const client = await openEvents(`${url}/orders/events`, { 'last-event-id': lastId })
    if (client.status === 503) return // the machine is busy: again
    expect(client.status).toBe(200)
    const events = random.below(12)
    const pause = new Promise((resolve) => setTimeout(resolve, random.below(60)))
    await Promise.race([waitUntil(() => client.events().length >= events, { interval: 1 }).catch(() => 0), pause])
    client.close()
    received.push(...client.events())
    lastId = client.lastId() || lastId
  }
  const running = (async () => {
    while (!isDone) await connect()
  })()
  running.catch(() => undefined) // `end` reports it, unless the test has failed before
  return {
    received,
    end: async (count: number) => {
      await waitUntil(() => received.length >= count)
      isDone = true
      await running
    },
  }
}

it('every client gets every event once, even if it resumes at another instance', async () => {
  const first = await startOrders()
  const second = await startOrders({ databaseUrl: first.databaseUrl })
  const seed = Math.trunc(Math.random() * 2 ** 32)
  const random = seeded(seed)
  const steady = await openEvents(`${second.url}/orders/events?from=start`)
  const clients = Array.from({ length: 3 }, () => restless([first, second], random))
  const transactions = randomTransactions(databaseAt(first.databaseUrl), random)
  for (let done = 0; done < sized({ quick: 100, full: 400 }); done += 1) await transactions.step()
  const committed = await transactions.end()
  for (const { received, end } of clients) {
    await end(committed.length)
    expect(idsOf(received).toSorted(), `seed ${seed}`).toEqual(committed.toSorted())
  }
  expect(idsOf(await steady.until(committed.length)).toSorted()).toEqual(committed.toSorted())
})

it('a transaction that runs for long delays no other, and its own events come after its commit', async () => {
  const { url, databaseUrl } = await startOrders()
  const database = databaseAt(databaseUrl)
  const client = await openEvents(`${url}/orders/events`)
  const [long, other] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']
  const running = await begin(database, long)
  await running.insert()
  const quick = await insert(database, other)
  const [received] = await client.until(1)
  expect(received?.event.id).toBe(quick)
  const resumed = await openEvents(`${url}/orders/events`, { 'last-event-id': received?.id ?? '' })
  await running.end(true)
  expect(idsOf(await client.until(2))).toEqual([quick, ...running.inserted])
  expect(idsOf(await resumed.until(1))).toEqual(running.inserted)
})

it('a position whose event was deleted is refused, because later events may be missing', async () => {
  const { url, databaseUrl } = await startOrders()
  const database = databaseAt(databaseUrl)
  const client = await openEvents(`${url}/orders/events`)
  await insert(database, '00000000-0000-4000-8000-000000000001')
  await insert(database, '00000000-0000-4000-8000-000000000002')
  const [first, second] = await client.until(2)
  await database.query('delete from order_event where id = $1', [first?.event.id])
  const resume = (id = '') => openEvents(`${url}/orders/events`, { 'last-event-id': id })
  expect((await resume(first?.id)).status).toBe(422)
  expect((await resume(second?.id)).status).toBe(200)
})

it('an instance that starts after a restore into another cluster sends the restored events', async () => {
  const { databaseUrl } = await startOrders()
  const database = databaseAt(databaseUrl)
  const restored = await insert(database, '00000000-0000-4000-8000-000000000001')
  await database.query("update order_event set xid = '9000000000'") // a number that this cluster has not reached
  const { url } = await startOrders({ databaseUrl })
  const client = await openEvents(`${url}/orders/events?from=start`)
  expect(idsOf(await client.until(1))).toEqual([restored])
})
