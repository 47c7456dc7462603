/** A thousand orders of all kinds are placed at once over HTTP, and audited at rest. */
import { setTimeout as pause } from 'node:timers/promises'
import { audit, type ExternalFacts, formatReport } from '@quadrille/audit'
import { openLedger } from '@quadrille/payment/ledger'
import {
  openShop,
  orderMix,
  type Placed,
  placeAll,
  type Reply,
  type Shop,
  stockForMix,
  untilSettled,
} from '@quadrille/shop-testing'
import { inject, test } from 'vitest'
import { type System, startInOneProcess, startProcesses } from '../systems.ts'

/** The charge of an expired order is retried 30 s after its third failure, and is then denied. */
const atRestWithinSeconds = 180
/** An audit of all orders is expensive. */
const auditEveryMs = 2_000

const systems: Readonly<Record<string, () => Promise<System>>> = {
  'in one process': () => startInOneProcess(inject('postgresUrl')),
  'in a process for each service over RabbitMQ': () => startProcesses(inject('postgresUrl'), inject('rabbitmqUrl')),
}

// One after the other: both at once would be too slow for the lifetime of an order on a slow machine.
test.for(Object.entries(systems))(
  'every order ends as expected, %s',
  async ([name, start], { expect, onTestFinished }) => {
    const system = await start()
    onTestFinished(() => system.drop())
    const shop = openShop(system.urls)
    onTestFinished(() => shop.close())
    await shop.setStock(stockForMix)

    const mix = orderMix(1_000, Math.random)
    const placed = await placeAll(shop, mix, Math.random)
    await untilSettled(
      shop,
      placed.accepted.map(({ orderId }) => orderId),
    )
    await dispatchSome(shop, placed)
    const endings = await endingsOf(shop, placed)
    await untilAtRest(system)
    const exitCodes = await system.stop()

    const report = await auditOf(system, { ...placed, queues: await system.queues() })
    console.log(`${name}: ${JSON.stringify(endings)}\n${formatReport(report)}`)
    expect(formatReport(report)).not.toContain('✗')
    expect(report.findings[0]?.checked).toMatchObject({
      orders: mix.length,
      accepted: mix.length,
      'waiting for an operator': 0,
    })
    expect(report.findings.find(({ invariant }) => invariant === 'I10')?.checked).toMatchObject({
      'without a trace': 0,
    })
    // On a slow machine, all cancellations may come too late.
    const { customer: _mayBeNone, ...others } = endings
    expect(Object.keys(others).toSorted()).toEqual(['expired', 'fulfilled', 'out_of_stock', 'payment_declined'])
    expect(exitCodes.every((code) => code === 0)).toBe(true)
  },
)

/** Dispatches a parcel of each third fulfilled order, twice at once under one key. */
const dispatchSome = async (shop: Shop, { accepted }: Placed): Promise<void> => {
  const orders = await Promise.all(accepted.map(({ orderId }) => shop.order(orderId)))
  const fulfilled = orders.filter(({ status }) => status === 'fulfilled').map(({ id }) => id)
  const dispatch = async (orderId: string): Promise<Reply> => {
    const reply = await shop.dispatch(orderId, { carrier: 'DHL', trackingCode: orderId }, orderId)
    return reply.status === 404 ? pause(100).then(() => dispatch(orderId)) : reply // shipping does not know the order yet
  }
  for (const orderId of fulfilled.filter((_, index) => index % 3 === 0)) {
    const [one, other] = await Promise.all([dispatch(orderId), dispatch(orderId)])
    if (one.status !== 200 || JSON.stringify(one.body) !== JSON.stringify(other.body))
      throw new Error(`A dispatch was answered ${one.status} and ${other.status}.`)
  }
}

const auditOf = async ({ databases }: System, facts: ExternalFacts) => {
  await using ledger = openLedger({ databaseUrl: databases.payment })
  return await audit({ databases, ledger, ...facts })
}

/** The number of orders by ending. */
const endingsOf = async (shop: Shop, { accepted }: Placed): Promise<Record<string, number>> => {
  const orders = await Promise.all(accepted.map(({ orderId }) => shop.order(orderId)))
  const byEnding = Map.groupBy(orders, ({ status, cancellation }) => cancellation?.reason ?? status)
  return Object.fromEntries([...byEnding].map(([ending, { length }]) => [ending, length]))
}

/** Settled orders may still have notifications to send, and tasks that will have no effect. */
const untilAtRest = async (system: System): Promise<void> => {
  const deadline = Date.now() + atRestWithinSeconds * 1_000
  for (;;) {
    const { findings } = await auditOf(system, { queues: await system.queues() })
    const left = findings.find(({ invariant }) => invariant === 'I8')?.violations ?? []
    if (left.length === 0) return
    if (Date.now() > deadline) throw new Error(`Not at rest within ${atRestWithinSeconds} s: ${JSON.stringify(left)}`)
    await pause(auditEveryMs)
  }
}
