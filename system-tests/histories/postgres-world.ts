/**
 * A history on Postgres: the real batches on real tables, and the real tasks with the simulated gateway and its ledger.
 */
import type { Message } from '@quadrille/events'
import { contentHash } from '@quadrille/messages'
import { simulatedGateway } from '@quadrille/payment/gateway/simulated'
import { openPaymentStore } from '@quadrille/payment/payment-store'
import type { Sql } from '@quadrille/postgres'
import { outcomeOf, type ReactOptions, type Reactor } from '@quadrille/service/tools'
import { realHandlers } from './handlers.ts'
import type { Plan } from './plan.ts'
import type { PostgresServices } from './postgres-services.ts'
import { now } from './run.ts'
import type { World, WorldSetup } from './world.ts'

/** The maximum number of tasks that run concurrently. */
const maxConcurrentTasks = 8

/** The services run several histories, one after the other. Each history adds some stock. */
export const postgresWorld =
  (services: PostgresServices) =>
  async ({ plan, random }: WorldSetup): Promise<World> => {
    await receiveStock(services.inventory.database, plan)
    const { database } = services.payment
    const ports = { payments: openPaymentStore(database), gateway: simulatedGateway({ database, ...simulatedClock() }) }
    const tasks = realHandlers.tasks(ports)
    const { signal } = new AbortController()
    const running = new Set<Promise<void>>()
    return {
      apply: async (service, messages) => {
        const { instances, takeOutbox } = services[service]
        const byInstance = Map.groupBy(messages, () => random.pick(instances))
        await Promise.all([...byInstance].map(([instance, batch]) => applyBy(instance, batch)))
        return takeOutbox()
      },
      performTask: async (task, number) =>
        outcomeOf((await tasks.get(task.type)?.perform(task, { number, signal })) ?? null),
      afterTaskStart: async (begun) => {
        running.add(begun)
        void begun.finally(() => running.delete(begun))
        if (running.size >= maxConcurrentTasks) await Promise.race(running)
      },
      untilTasksEnd: async () => {
        await Promise.all(running)
      },
      refusedRound: (orderId) => refusedRound(database, orderId),
    }
  }

/** Handles messages in one batch, and repeats those whose orders the other instance has locked. @throws if a message fails. */
const applyBy = async (instance: Reactor, messages: readonly Message[]): Promise<void> => {
  let waiting = messages
  for (let lane: ReactOptions['lane'] = 'first'; waiting.length > 0; lane = 'retry') {
    const items = waiting.map((message) => ({ decoded: { message, hash: contentHash(message.data) } }))
    const results = await instance(items, { source: 'inbox', lane })
    for (const result of results) if (result.status === 'failed' || result.status === 'unavailable') throw result.error
    waiting = waiting.filter((_, index) => results[index]?.status === 'not_now')
  }
}

/** Instead of waiting, moves the gateway's clock forward. */
const simulatedClock = () => {
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
