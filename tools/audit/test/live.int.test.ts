/** The audit of a running system: what it reports about orders in progress. */
import { ownDatabase } from '@quadrille/local/ownership'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { verdictOn } from '../src/format.ts'
import { formatReport, type Queues, queueDepths } from '../src/index.ts'
import { detailsOf, liveWorld, queues } from './live-world.ts'
import { insertEvent } from './plants/plant.ts'

const live = liveWorld()
const { alter, audit, fulfilledJustNow, shiftClock } = live

const openOrder = (expires: string) =>
  `insert into customer_order
   select (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(), 'status', 'placed', 'settled', false,
     'payment', 'pending', 'inventory', 'pending', 'notifications', '[]'::jsonb, 'expires_at', ${expires}))).*
   from customer_order as o where id = $1`

it('without a ledger the gateway is not checked, and the report shows this', async () => {
  await alter('payment', 'update gateway.intent set captured = 0 where order_id = $1')
  expect(detailsOf(await audit())).toContain(
    'is fulfilled, but captured − refunded is 0 at the gateway instead of 4500',
  )
  const report = await audit({ ledger: null, readQueues: queues({}) })
  expect(report).toMatchObject({ ok: true })
  const gaps = report.findings.filter(({ notChecked }) => notChecked === 'no ledger')
  expect(gaps.map(({ invariant }) => invariant)).toEqual(['I2', 'I4'])
  expect(formatReport(report)).toMatch(/✓ I2: .*; not checked: no ledger\)/)
  expect(verdictOn(report, 1_000)).toContain('except for parts that were not checked (I2, I4: no ledger)')
})

describe('an order in progress', () => {
  it('does not violate I1 until it should have expired, also after a pause of the expiry', async () => {
    await alter('order', openOrder(`now() - interval '14 minutes'`))
    const report = await audit()
    expect(formatReport(report)).not.toContain('✗')
    expect(report.findings[0]?.checked).toMatchObject({ orders: 9, 'in progress': 1 })

    await alter('order', openOrder(`now() - interval '16 minutes'`))
    expect(detailsOf(await audit())).toEqual(
      expect.arrayContaining(['has not ended: it is placed', 'payment has no record of it']),
    )
  })

  it('may wait for its compensations, but not indefinitely', async () => {
    const cancelled = (age: string) =>
      `update customer_order set status = 'cancelled', cancellation_reason = 'customer', payment = 'refunding',
         settled = false, updated_at = now() - interval '${age}' where id = $1`
    await alter('order', `delete from order_event where order_id = $1 and event->>'type' = 'OrderFulfilled'`)
    await alter('inventory', `update reservation set status = 'released' where order_id = $1`)
    await alter('inventory', 'update stock set on_hand = on_hand + 2')
    await alter('order', cancelled('10 minutes'))
    expect(detailsOf(await audit())).toEqual([])
    await alter('order', cancelled('16 minutes'))
    expect(detailsOf(await audit())).toContain('is not settled: payment refunding, inventory reserved')
  })

  it('may wait for a refund that an operator has requested again or recorded, but not indefinitely', async () => {
    const changedAgo = (age: string, change: string) =>
      alter(
        'payment',
        `update payment set ${change}, updated_at = now() - interval '${age}'
         where order_id = '${live.world().orderOf('waitingForOperator')}'`,
      )
    const [requested, recorded] = [`status = 'refunding', refund_round = 2`, `status = 'refunded', refunded = captured`]
    for (const change of [requested, `${recorded}, manual_reference = 'bank-transfer-2'`]) {
      await changedAgo('14 minutes', change)
      expect(detailsOf(await audit())).toEqual([])
      await changedAgo('16 minutes', change)
      expect(detailsOf(await audit())).toContainEqual(expect.stringMatching(/^is not settled: payment refund/))
    }
  })

  it('may be refunded after it was settled, because a capture came after the decline, but not indefinitely', async () => {
    const declined = live.world().orderOf('declined')
    await alter(
      'order',
      `insert into order_event (order_id, id, event)
       select order_id, gen_random_uuid(), jsonb_set(event::jsonb, '{type}', '"PaymentProcessed"')::json
       from order_event where order_id = '${declined}' and event->>'type' = 'PaymentDeclined'`,
    )
    await alter('payment', `update payment set status = 'refunding', captured = 4500 where order_id = '${declined}'`)
    await alter(
      'payment',
      `update gateway.intent set status = 'captured', captured = 4500 where order_id = '${declined}'`,
    )
    const changedAgo = async (age: string, shown: string) => {
      const at = `updated_at = now() - interval '${age}'`
      await alter('order', `update customer_order set payment = '${shown}', ${at} where id = '${declined}'`)
      await alter('payment', `update payment set ${at} where order_id = '${declined}'`)
    }
    const shownStates = ['refunding', 'refund_failed'] // the second after an operator has requested the refund again
    for (const shown of shownStates) {
      await changedAgo('14 minutes', shown)
      expect(detailsOf(await audit())).toEqual([])
    }
    await changedAgo('16 minutes', 'refunding')
    expect(detailsOf(await audit())).toEqual([
      'is cancelled, but captured − refunded is 4500 instead of 0',
      'is cancelled, but captured − refunded is 4500 at the gateway instead of 0',
    ])
  })

  it('may be the subject of waiting messages', async () => {
    await fulfilledJustNow()
    const lags = [
      'is fulfilled, but its stock is reserved',
      'the reservation: reserved, but its events lead to committed',
    ]
    expect(detailsOf(await audit())).toEqual(lags)
    const inbox = { messages: 1, consumers: 1 }
    expect(detailsOf(await audit({ readQueues: queues({ 'inventory.inbox': inbox }) }))).toEqual([])
    const lost = { messages: 1, consumers: 0 }
    expect(detailsOf(await audit({ readQueues: queues({ unrouted: lost, 'inventory.dead': lost }) }))).toEqual([
      ...lags,
      'has 1 message, but no consumer',
      'has 1 message, but no consumer',
    ])

    await alter('order', waiting('now()'))
    expect(detailsOf(await audit())).toEqual([])
  })

  it('stays in progress until each queue has been empty since its last change, even if never all at once', async () => {
    await fulfilledJustNow()
    await alter('order', `update customer_order set updated_at = now() - interval '1 minute' where id = $1`)
    const lags = [
      'is fulfilled, but its stock is reserved',
      'the reservation: reserved, but its events lead to committed',
    ]
    const busy = { messages: 1, consumers: 1 }
    const idle = { messages: 0, consumers: 1 }
    let reads = 0
    const byTurns = async (): Promise<Queues> => {
      reads += 1
      const [first, second] = reads % 2 === 0 ? [busy, idle] : [idle, busy]
      return new Map([
        ['order.inbox', first],
        ['inventory.inbox', second],
      ])
    }
    expect(detailsOf(await audit({ graceMs: 3_000, readQueues: byTurns }))).toEqual(lags)
    const oneIsNeverEmpty = queues({ 'order.inbox': idle, 'inventory.inbox': busy })
    const report = await audit({ graceMs: 1_500, readQueues: oneIsNeverEmpty })
    expect(detailsOf(report)).toEqual([])
    expect(verdictOn(report, 1_000)).toContain(
      '(I2, I3, I5, I6: settled orders of the last 15 minutes (messages about them may wait in inventory.inbox))',
    )
  })

  it('is judged by the time of the snapshots, however long the examination takes', async () => {
    await fulfilledJustNow()
    await alter('order', `update customer_order set updated_at = now() - interval '10 minutes' where id = $1`)
    let reads = 0
    const byTurns = async (): Promise<Queues> => {
      reads += 1
      return new Map(
        ['order.inbox', 'inventory.inbox'].map((name, place) => [
          name,
          { messages: (reads + place) % 2, consumers: 1 },
        ]),
      )
    }
    const report = await audit({
      graceMs: 3_000,
      readQueues: byTurns,
      onProgress: ({ done, of }) => shiftClock(done < of ? 7_200_000 : 0),
    })
    expect(detailsOf(report)).toEqual([
      'is fulfilled, but its stock is reserved',
      'the reservation: reserved, but its events lead to committed',
    ])
  })

  it('is examined again if a queue was busy while its violation was confirmed', async () => {
    await fulfilledJustNow()
    await alter('order', `update customer_order set updated_at = now() - interval '1 minute' where id = $1`)
    let reads = 0
    const busyOnce = () => {
      reads += 1
      return queues({ 'inventory.inbox': { messages: reads === 2 ? 1 : 0, consumers: 1 } })()
    }
    expect(detailsOf(await audit({ graceMs: 1_500, readQueues: busyOnce }))).toEqual([
      'is fulfilled, but its stock is reserved',
      'the reservation: reserved, but its events lead to committed',
    ])
  })

  it('may have a notification that a worker is sending', async () => {
    await alter(
      'notification',
      `update notification set status = 'pending' where order_id = $1 and occasion = 'order_fulfilled'`,
    )
    await alter(
      'order',
      `delete from order_event where order_id = $1 and event#>>'{data,occasion}' = 'order_fulfilled'`,
    )
    const notifications = `[{ "channel": "email", "occasion": "order_placed", "status": "sent" }]`
    await alter(
      'order',
      `update customer_order set updated_at = now(), notifications = '${notifications}' where id = $1`,
    )
    expect(detailsOf(await audit())).toEqual([])
    await alter('order', `update customer_order set updated_at = now() - interval '16 minutes' where id = $1`)
    expect(detailsOf(await audit())).toEqual(['email:order_fulfilled is still pending'])
  })

  it('is late once a message has failed for 15 minutes, even if its next attempt is due', async () => {
    const failing = (since: string) =>
      `insert into retry (queue, message, body, attempts, due_at, first_failed_at)
       values ('order.inbox', '{}', '', 9, now() + interval '5 minutes', now() - interval '${since}')`
    await alter('order', failing('14 minutes'))
    const waiting = /^✓ I8: .* no outbox row or retry is older than 15 minutes, .*, 1 row in them/m
    expect(formatReport(await audit())).toMatch(waiting)
    await alter('order', failing('16 minutes'))
    expect(detailsOf(await audit())).toEqual(['has 1 row older than 15 minutes'])
  })

  it('is late once it has not changed for 15 minutes', async () => {
    await fulfilledJustNow()
    await alter('order', waiting(`now() - interval '16 minutes'`))
    await alter('order', `update customer_order set updated_at = now() - interval '16 minutes'`)
    const inbox = { messages: 1, consumers: 1 }
    expect(detailsOf(await audit({ readQueues: queues({ 'inventory.inbox': inbox }) }))).toEqual([
      'is fulfilled, but its stock is reserved',
      'the reservation: reserved, but its events lead to committed',
      'has 1 row older than 15 minutes',
    ])
  })
})

const waiting = (since: string, type = 'OrderFulfilled') =>
  `insert into outbox (id, type, subject, exchange, routing_key, body, created_at, leased_until)
   values (gen_random_uuid(), '${type}', $1, 'order.events', '', '{}', ${since}, now())`

describe('a parcel of an order that has not changed for hours', () => {
  const faults = [expect.stringMatching(/^the parcels of shipping: .* DHL 1, but its events lead to none$/)]
  const busy = queues({ 'order.inbox': { messages: 1, consumers: 1 } })
  const dispatchedAgo = async (age: string) => {
    await alter('shipping', `update shipment set status = 'dispatched' where order_id = $1`)
    await alter(
      'shipping',
      `insert into parcel (id, order_id, carrier, tracking_code, at)
       values (gen_random_uuid(), $1, 'DHL', '1', now() - interval '${age}')`,
    )
  }

  beforeEach(async () => {
    await alter('order', `update customer_order set updated_at = now() - interval '5 hours' where id = $1`)
    expect(detailsOf(await audit())).toEqual([])
  })

  it('may be missing in the order while its event waits in the outbox or in a queue', async () => {
    await dispatchedAgo('1 minute')
    expect(detailsOf(await audit({ readQueues: busy }))).toEqual([])
    expect(detailsOf(await audit())).toEqual(faults)
    await alter('shipping', waiting('now()', 'ShipmentDispatched'))
    expect(detailsOf(await audit())).toEqual([])
  })

  it('is a violation 15 minutes after its dispatch', async () => {
    await dispatchedAgo('16 minutes')
    await alter('shipping', waiting('now()', 'ShipmentDispatched'))
    expect(detailsOf(await audit({ readQueues: busy }))).toEqual(faults)
  })
})

it('an email that was sent late is missing in the order while its event waits, but for 15 minutes at most', async () => {
  await alter(
    'order',
    `update customer_order set updated_at = now() - interval '5 hours', notifications = notifications - 1 where id = $1`,
  )
  await alter('order', `delete from order_event where order_id = $1 and event#>>'{data,occasion}' = 'order_fulfilled'`)
  const sentAgo = (age: string) =>
    alter(
      'notification',
      `update notification set at = now() - interval '${age}' where order_id = $1 and occasion = 'order_fulfilled'`,
    )
  const faults = expect.arrayContaining([
    expect.stringMatching(/^the notifications: .*email:order_fulfilled:sent, .* but its events lead to/),
  ])
  const busy = queues({ 'order.inbox': { messages: 1, consumers: 1 } })
  await sentAgo('14 minutes')
  expect(detailsOf(await audit({ readQueues: busy }))).toEqual([])
  expect(detailsOf(await audit())).toEqual(faults)
  await alter('notification', waiting('now()', 'NotificationSent'))
  expect(detailsOf(await audit())).toEqual([])
  await sentAgo('16 minutes')
  expect(detailsOf(await audit({ readQueues: busy }))).toEqual(faults)
})

describe('without the depth of a queue', () => {
  const noAnswer = { 'inventory.inbox': { noAnswer: 'no leader' }, 'order.inbox': { messages: 0, consumers: 1 } }

  it('I8 is violated, and settled orders may still be in progress', async () => {
    await fulfilledJustNow()
    const report = await audit({ readQueues: queues(noAnswer) })
    expect(detailsOf(report)).toEqual(['no answer: no leader'])
    expect(report.findings.find(({ invariant }) => invariant === 'I8')?.checked).toMatchObject({ queues: 1 })
  })

  it('the databases are audited although the broker is unavailable', async () => {
    await alter('inventory', 'update stock set on_hand = on_hand - 1')
    const report = await audit({ readQueues: () => queueDepths('amqp://127.0.0.1:1') })
    expect(formatReport(report)).toMatch(/ × no answer: .*ECONNREFUSED 127.0.0.1:1: order.inbox, /)
    expect(formatReport(report)).toMatch(/mug: \d+ are on hand, but/)
    expect(report.ok).toBe(false)
  })

  it('the queues are not said to be checked, unless the broker is in-process', async () => {
    const report = await audit()
    expect(formatReport(report)).toMatch(
      /^✓ I8: .*, 0 rows in them; not checked: the queues \(AMQP_URL is not set\)\)$/m,
    )
    expect(verdictOn(report, 1_000)).toContain('except for parts that were not checked (I8: the queues')
    const { signal } = new AbortController()
    const options = { say: () => undefined, onLost: () => undefined, signal }
    const { stop } = await ownDatabase(live.world().urls.order, options)
    onTestFinished(stop)
    expect(formatReport(await audit())).toMatch(/^✓ I8: .*, 0 rows in them\)$/m)
  })

  it('the queues are read again until the grace period is over', async () => {
    let reads = 0
    const unavailableAtFirst = async () => {
      reads += 1
      if (reads === 1) throw new Error('unavailable')
      return queues({ unrouted: { messages: 1, consumers: 0 } })()
    }
    expect(detailsOf(await audit({ graceMs: 1_200, readQueues: unavailableAtFirst }))).toEqual([
      'has 1 message, but no consumer',
    ])
    expect(reads).toBeGreaterThanOrEqual(2)
  })
})

/** Its last event was soon after it was placed. */
const placedAgo = (age: string) =>
  alter(
    'order',
    `update customer_order set created_at = now() - interval '${age}', updated_at = now() - interval '${age}' where id = $1`,
  )

it('the history of a settled order may be missing 30 days after its last event', async () => {
  await alter('order', `delete from order_event where order_id = $1 and event->>'type' <> 'PaymentProcessed'`)
  await placedAgo('29 days')
  expect(detailsOf(await audit())).toContain('PaymentProcessed without OrderPlaced before it')
  await placedAgo('31 days')
  const report = await audit()
  expect(detailsOf(report)).toEqual([])
  expect(report.findings.find(({ invariant }) => invariant === 'I5')?.checked).toEqual({ orders: 8, histories: 7 })
  expect(report.findings.find(({ invariant }) => invariant === 'I6')?.checked).toMatchObject({ orders: 7 })
})

it('a late event of an order whose history was deleted begins no complete history', async () => {
  await placedAgo('40 days')
  await alter('order', 'delete from order_event where order_id = $1')
  await alter('order', insertEvent('PaymentProcessed', '{ "amount": 4500 }'))
  await alter('order', 'update customer_order set updated_at = now() where id = $1')
  expect(detailsOf(await audit())).toEqual([])
})

it('a history that was kept is checked however old its order is', async () => {
  await placedAgo('31 days')
  expect(detailsOf(await audit())).toEqual([])
  await alter('inventory', `update reservation set status = 'released' where order_id = $1`)
  expect(detailsOf(await audit())).toContain('the reservation: released, but its events lead to committed')
})

it('shipping need not know an order whose history was deleted, because that order can’t be reconciled', async () => {
  await alter('shipping', 'delete from shipment where order_id = $1')
  await placedAgo('31 days')
  expect(detailsOf(await audit())).toEqual(['shipping has no record of it']) // its history was kept
  await alter('order', 'delete from order_event where order_id = $1')
  expect(detailsOf(await audit())).toEqual([])
})

describe('a database that was restored from an older backup', () => {
  it('is reported by its missing records', async () => {
    await alter('payment', 'delete from payment where order_id = $1')
    expect(detailsOf(await audit())).toEqual(
      expect.arrayContaining([
        'payment has no record of it',
        'captured 0 in payment’s database, but 4500 at the gateway',
      ]),
    )
  })

  it('is reported by the orders that only the other services have', async () => {
    await alter('order', 'delete from customer_order where id = $1')
    await alter('order', 'delete from order_event where order_id = $1')
    expect(detailsOf(await audit())).toEqual(
      expect.arrayContaining(
        ['payment', 'inventory', 'notification'].map((name) => `${name} has it, but order has no record of it`),
      ),
    )
  })
})
