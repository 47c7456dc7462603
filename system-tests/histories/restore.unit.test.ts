/** After a restore of one service's database by the procedure of docs/restore-a-database.md, the invariants hold. */
import { draft, seal } from '@quadrille/events'
import { payment } from '@quadrille/payment'
import type { RowSet } from '@quadrille/service'
import { createFoldEvents } from '@quadrille/service/tools'
import { seeded, sized } from '@quadrille/testing'
import { expect, it } from 'vitest'
import { firstSeed } from './first-seed.ts'
import { checkAnswers } from './invariants/answers.ts'
import { checkMoney, manualRefundsOf } from './invariants/money.ts'
import { checkStock } from './invariants/stock.ts'
import { type MemoryWorld, memoryWorld } from './memory-world.ts'
import { orderIdsOf } from './plan.ts'
import type { Delivery } from './pool.ts'
import { reconcile } from './reconcile-in-memory.ts'
import { type HistoryRun, now } from './run.ts'
import { runHistory, untilAtRest } from './run-history.ts'

const histories = sized({ quick: 400, full: 5_000 })

it(`the invariants hold after a restore in ${histories} random histories`, async () => {
  const first = firstSeed()
  for (let seed = first; seed < first + histories; seed += 1)
    await runWithRestore(seed).catch((cause: Error) => {
      throw new Error(`With HISTORIES_SEED=${seed}: ${cause.message}`, { cause })
    })
})

/** @throws if an invariant is violated, or a message is missing at the end. */
const runWithRestore = async (seed: number): Promise<void> => {
  const random = seeded(seed)
  const service = random.pick(['payment', 'inventory'] as const)
  const backupAt = 10 + random.below(60)
  const restoreAt = backupAt + 1 + random.below(40)
  let isDropped = (_: Delivery): boolean => false
  const lost = new Set<string>()
  let restore = (): void => undefined
  let draws = 0

  const run = await runHistory({
    seed,
    orders: 2,
    open: (setup): MemoryWorld => {
      const world = memoryWorld()(setup)
      const apply: MemoryWorld['apply'] = async (to, messages) => {
        const left = messages.filter((message) => !lost.has(message.id) && !isDropped({ to, message }))
        return world.apply(to, left).catch(() => []) // reconciliation repeats a message that fails, or its task
      }
      // A gateway that never responds is called until the order expires, if payment has forgotten the cancellation.
      const performTask: MemoryWorld['performTask'] = async (task, number) =>
        lost.has(task.id) || number > 60 ? null : world.performTask(task, number)
      return { ...world, apply, performTask }
    },
    watch: ({ world, published, delivered, plan }) => {
      draws += 1
      if (draws === backupAt) restore = backUp(world, [...orderIdsOf(plan), ...plan.stock.keys()])[service]
      if (draws !== restoreAt) return
      restore()
      world.forgetInboxes()
      const sent = new Set([...delivered.values()].map(({ message }) => message.id))
      for (const { id, source } of published.values())
        if (source === `/${service}` && !sent.has(id) && random.chance(0.5) && published.delete(id)) lost.add(id)
      isDropped = (each) => isRefund(each) || (each.to === 'inventory' && each.to === service)
    },
  })
  isDropped = isRefund // until everything is reconciled
  lost.clear()
  await reconcile(run)
  checkPayments(run.world)
  isDropped = () => false
  for (let round = 0; round < 5; round += 1) {
    for (const request of requestsOfOperator(run)) run.pool.add(request)
    await untilAtRest(run)
    await reconcile(run)
  }
  expect(await reconcile(run)).toEqual([])
  checkPayments(run.world)
  for (const order of orderIdsOf(run.plan).flatMap((id) => run.world.orders.orders.get(id) ?? [])) {
    expect(order).toHaveProperty('settled', true)
    checkMoney(run.world, order)
    // A restored payment may answer twice, as the page says.
    if (service === 'inventory') checkAnswers(order, run.world.histories.get(order.id) ?? [])
  }
  checkStock(run.world, run.plan)
}

const foldEvents = createFoldEvents(payment) ?? expect.fail('payment derives its states from events')

/** Payment has the state that follows from the history. Reconciliation can't repeat OrderPlaced, so it is not required. */
const checkPayments = ({ histories, payments }: MemoryWorld): void => {
  for (const [orderId, history] of histories) {
    const last = [...foldEvents(history.map((event) => ({ ...event })))].at(-1)
    if (last?.outcome !== 'applied' || last.type === 'OrderPlaced') continue
    const actual = payment.statesFromEvents?.shown(payments.payments.get(orderId))
    expect(actual, `the payment follows from ${history.map(({ type }) => type)}`).toEqual(last.after)
  }
}

const isRefund = ({ message: { type } }: Delivery): boolean => type === 'RefundRequested'

/** The returned functions restore the rows of a service. One that is not in the backup is unknown again. */
const backUp = ({ payments, inventory }: MemoryWorld, keys: readonly string[]) => {
  const copyOf = (...tables: RowSet<object>[]) => {
    const rows = tables.flatMap((table) => keys.map((key) => ({ table, key, row: table.get(key) as object })))
    return (): void => rows.forEach(({ table, key, row }) => void table.set(key, row))
  }
  return { payment: copyOf(payments.payments), inventory: copyOf(inventory.reservations, inventory.stock) }
}

/** Open orders expire. A refused refund is recorded if it was made by hand, or requested again: the gateway may have made it. */
const requestsOfOperator = ({ world, plan }: HistoryRun<MemoryWorld>): Delivery[] =>
  orderIdsOf(plan).flatMap((orderId): Delivery[] => {
    const { status } = world.orders.orders.get(orderId) ?? {}
    const payment = world.payments.payments.get(orderId)
    const origin = { service: 'order', now }
    if (status === 'placed' || status === 'paid')
      return [{ to: 'order', message: seal(draft('CancellationRequested', { orderId, reason: 'expired' }), origin) }]
    if (payment?.status !== 'refund_failed') return []
    const [manualReference] = manualRefundsOf(world, orderId)
    const request = draft('RefundRequested', {
      orderId,
      round: payment.round + 1,
      ...(manualReference && { manualReference }),
    })
    return [{ to: 'payment', message: seal(request, origin) }]
  })
