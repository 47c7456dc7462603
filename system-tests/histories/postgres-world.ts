/**
 * A history on Postgres: the real batches on real tables, and the real tasks with the simulated gateway and its ledger.
 */
import type { Message } from '@quadrille/events'
import { contentHash } from '@quadrille/messages'
import { simulatedGateway } from '@quadrille/payment/gateway/simulated'
import { openPaymentStore } from '@quadrille/payment/payment-store'
import type { Sql } from '@quadrille/postgres'
import { outcomeOf } from '@quadrille/service'
import type { ReactOptions, Reactor } from '@quadrille/service/reactor'
import { originals } from './cast.ts'
import { now } from './performance.ts'
import type { Plan } from './plan.ts'
import type { PostgresServices } from './postgres-services.ts'
import type { Surroundings, World } from './world.ts'

/** Tasks that run concurrently with reactions. */
const tasksAtOnce = 8

/** The same services run one history after the other. Each adds some stock. */
export const postgresWorld =
  (services: PostgresServices) =>
  async ({ plan, random }: Surroundings): Promise<World> => {
    await receiveStock(services.inventory.database, plan)
    const { database } = services.payment
    const ports = { payments: openPaymentStore(database), gateway: simulatedGateway({ database, ...patientClock() }) }
    const tasks = originals.tasks(ports)
    const { signal } = new AbortController()
    const running = new Set<Promise<void>>()
    return {
      apply: async (service, messages) => {
        const { instances, takeOutbox } = services[service]
        const sides = Map.groupBy(messages, () => random.pick(instances))
        await Promise.all([...sides].map(([instance, batch]) => applyBy(instance, batch)))
        return takeOutbox()
      },
      work: async (task, number) => outcomeOf((await tasks.get(task.type)?.perform(task, { number, signal })) ?? null),
      pace: async (begun) => {
        running.add(begun)
        void begun.finally(() => running.delete(begun))
        if (running.size >= tasksAtOnce) await Promise.race(running)
      },
      idle: async () => {
        await Promise.all(running)
      },
      refusedRound: (orderId) => refusedRound(database, orderId),
    }
  }

/** In one batch, and again for messages whose subjects another instance is working on. @throws if a message fails. */
const applyBy = async (instance: Reactor, messages: readonly Message[]): Promise<void> => {
  let waiting = messages
  for (let lane: ReactOptions['lane'] = 'first'; waiting.length > 0; lane = 'retry') {
    const items = waiting.map((message) => ({ decoded: { message, hash: contentHash(message.data) } }))
    const results = await instance(items, { source: 'inbox', lane })
    for (const result of results) if (result.status === 'failed' || result.status === 'unavailable') throw result.error
    waiting = waiting.filter((_, index) => results[index]?.status === 'not_now')
  }
}

/** A history does not wait. The gateway's clock is moved forward instead. */
const patientClock = () => {
  let waitedMs = 0
  return {
    now: () => new Date(now.getTime() + waitedMs),
    wait: async (ms: number) => {
      waitedMs += ms
    },
  }
}

const receiveStock = async (sql: Sql, { stock }: Plan): Promise<void> => {
  await sql.query(
    `with received as (
       insert into stock_movement (sku, kind, quantity)
       select sku, 'receipt', quantity from unnest($1::text[], $2::bigint[]) as received (sku, quantity)
       returning sku, quantity
     )
     insert into stock (sku, on_hand, reserved) select sku, quantity, 0 from received
     on conflict (sku) do update set on_hand = stock.on_hand + excluded.on_hand`,
    [[...stock.keys()], [...stock.values()]],
  )
}

const refusedRound = async (sql: Sql, orderId: string): Promise<number | undefined> => {
  const [refused] = await sql.query<{ round: number }>(
    `select refund_round as round from payment where order_id = $1 and status = 'refund_failed'`,
    [orderId],
  )
  return refused?.round
}
