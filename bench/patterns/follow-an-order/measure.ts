/** Places orders at an even rate, each with a client that follows it for a while. */
import { setTimeout as pause } from 'node:timers/promises'
import { waitUntil } from '@quadrille/testing/waiting'
import { openHttpClient } from '../../src/load/http-client.ts'
import { orderBody } from '../../src/load/order-body.ts'
import { kindsOf } from '../../src/measure/cpu.ts'
import { residentMemory } from '../../src/measure/memory.ts'
import { type Summary, summarize } from '../../src/results/statistics.ts'
import { type PostgresServer, withSession } from '../../src/systems/postgres.ts'
import { addStock, type System } from '../../src/systems/system.ts'
import { startCpuMeter } from '../cpu-meter.ts'
import type { Client, OpenClient, Traffic } from './clients.ts'

export interface Scenario {
  readonly orders: number
  readonly perSecond: number
  /** How long each client is connected, ms; longer if its order has not ended by then. */
  readonly followMs: number
}

export interface Measured extends Traffic {
  /** The most clients at a time. */
  readonly clients: number
  /** CPU of the whole run for each order, ms. */
  readonly cpuServices: number
  readonly cpuPostgres: number
  /** The resident memory of the service at the end, MB. */
  readonly memory: number
  /** From the moment at which OrderFulfilled is stored, just before its commit, until the client has it, ms. Null without clients. */
  readonly delay: Summary | null
}

const form = { skus: 100, lines: 2 }
/** The charge takes half a second, so that clients connect before their orders change. */
const method = 'pm_sim_half_second'
const connections = 64

/** @throws if an order is not fulfilled, or a client misses that. */
export const measureClients = async (
  { system, postgres }: { readonly system: System; readonly postgres: PostgresServer },
  { orders, perSecond, followMs }: Scenario,
  open: OpenClient | null,
): Promise<Measured> => {
  const [url = ''] = system.orderUrls
  await noteTimes(system.database)
  await addStock(
    system,
    Array.from({ length: form.skus }, (_, index) => `bench-${index}`),
  )
  const placing = openHttpClient({ url, connections })
  const [service = 0] = system.processes.map(({ child }) => child.pid)
  const readMeter = startCpuMeter(
    kindsOf([
      [service, 'services'],
      [postgres.pid, 'postgres'],
    ]),
  )
  const followed: { id: string; client: Client | null }[] = []
  let clients = 0
  let most = 0
  const follow = async (number: number) => {
    const { status, body } = await placing.post('/orders', orderBody(number, form, method))
    if (status !== 202) throw new Error(`POST /orders was answered with ${status}.`)
    const { id } = JSON.parse(body) as { id: string }
    const client = open?.(url, id) ?? null
    followed.push({ id, client })
    clients += 1
    most = Math.max(most, clients)
    await pause(followMs)
    if (client) await waitUntil(() => client.seenAt(), { interval: 20, what: `the end of ${id} at its client` })
    clients -= 1
    client?.close()
  }
  const begun = performance.now()
  const following: Promise<void>[] = []
  for (let number = 0; number < orders; number += 1) {
    following.push(follow(number))
    await pause(Math.max(0, begun + ((number + 1) * 1_000) / perSecond - performance.now()))
  }
  await Promise.all(following)
  placing.close()
  const used = readMeter()
  return {
    ...sumOf(followed.map(({ client }) => client?.traffic() ?? { requests: 0, bytes: 0 })),
    clients: open ? most : 0,
    cpuServices: used.of('services') / orders,
    cpuPostgres: used.of('postgres') / orders,
    memory: residentMemory(service) ?? Number.NaN,
    delay: open && summarize(await delaysOf(system.database, followed)),
  }
}

const sumOf = (all: readonly Traffic[]): Traffic => ({
  requests: all.reduce((sum, { requests }) => sum + requests, 0),
  bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
})

/** Notes the exact time of each event. The time in an event is that of its service, which may be off by some milliseconds. */
const noteTimes = (databaseUrl: string) =>
  withSession(databaseUrl, (session) =>
    session.query('alter table order_event add column stored_at timestamptz not null default clock_timestamp()'),
  )

const delaysOf = async (
  databaseUrl: string,
  followed: readonly { readonly id: string; readonly client: Client | null }[],
): Promise<number[]> => {
  const { rows } = await withSession(databaseUrl, (session) =>
    session.query<{ order_id: string; ms: number }>(
      `select order_id, extract(epoch from stored_at)::float * 1000 as ms from order_event
       where order_id = any($1::uuid[]) and event->>'type' = 'OrderFulfilled'`,
      [followed.map(({ id }) => id)],
    ),
  )
  const times = new Map(rows.map(({ order_id, ms }) => [order_id, ms]))
  return followed.map(({ id, client }) => {
    const [happened, seen] = [times.get(id), client?.seenAt() ?? undefined]
    if (happened === undefined || seen === undefined)
      throw new Error(`A client has not seen that order ${id} is fulfilled.`)
    return seen - happened
  })
}
