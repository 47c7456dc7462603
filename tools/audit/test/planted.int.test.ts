/** The audit detects violations of each invariant, planted by SQL into consistent databases. */
import { newOrderId } from '@quadrille/events'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { audit, type ExternalFacts, formatReport, type Report } from '../src/index.ts'
import { type CleanWorld, openCleanWorld } from './clean-world.ts'
import { goodContents, inContents } from './plants/contents.ts'
import { completeLetters, inMessages } from './plants/messages.ts'
import { inMoneyAndStock } from './plants/money-and-stock.ts'
import { inOperations, recordedOperations } from './plants/operations.ts'
import { inOrders } from './plants/orders.ts'
import { type Plant, retrace } from './plants/plant.ts'
import { goodReasons, inReasons } from './plants/reasons.ts'
import { inTraces } from './plants/traces.ts'

let world: CleanWorld
beforeAll(async () => {
  world = await openCleanWorld(inject('postgresUrl'), 3)
})
afterAll(() => world[Symbol.asyncDispose]())

const violationsOf = ({ findings }: Report, name: string) =>
  findings.find(({ invariant }) => invariant === name)?.violations ?? []

const orderOf = (plant: Pick<Plant, 'scenario'>): string => world.orderOf(plant.scenario ?? 'fulfilled')

const auditAfter = (plant: Pick<Plant, 'scenario' | 'sql'>): Promise<Report> =>
  world.auditAfter(async (snapshots) => {
    for (const [service, statement] of plant.sql) {
      await snapshots[service].query(statement, statement.includes('$1') ? [orderOf(plant)] : [])
    }
  })

describe('an audit', () => {
  it('finds no violation if there is none, and reports what it has checked', async () => {
    const report = await audit({ databases: world.urls, ledger: world.ledger })
    expect(formatReport(report)).not.toContain('✗')
    expect(report.ok).toBe(true)
    expect(report.findings.map(({ invariant, checked }) => [invariant, checked])).toMatchObject([
      ['I1', { orders: 24, 'waiting for an operator': 3 }],
      ['I2', { payments: 24, 'orders in the ledger': 21 }],
      ['I3', { SKUs: 1, reservations: 24 }],
      ['I4', { 'captures at the gateway': 18, 'refunds at the gateway': 6 }],
      ['I5', { orders: 24, histories: 24 }],
      ['I6', { orders: 24, payments: 24, reservations: 24, shipments: 6 }],
      ['I7', { keys: 21 }],
      ['I8', { tables: 10 }],
      ['I9', { 'waiting for a person': 0 }],
      ['I10', { 'orders in one trace': 24 }],
      ['I13', { expired: 0, rejected: 9 }],
      ['I14', { operations: 0 }],
    ])
  })

  it.each([...inOrders, ...inMoneyAndStock, ...inContents, ...inMessages, ...inOperations, ...inTraces, ...inReasons])(
    'by $invariant finds $fault',
    async (plant) => {
      const report = await auditAfter(plant)
      const planted = expect.objectContaining({
        subject: plant.subject ?? orderOf(plant),
        detail: expect.stringMatching(plant.detail),
      })
      expect(violationsOf(report, plant.invariant)).toContainEqual(planted)
      expect(report.ok).toBe(false)
    },
  )

  it('does not add the amounts of different currencies', async () => {
    const sql = [['payment', `update payment set currency = 'JPY' where order_id = $1`]] as const
    const { findings } = await auditAfter({ scenario: 'fulfilled', sql })
    expect(findings.find(({ invariant }) => invariant === 'I2')?.checked).toMatchObject({
      'minor units of JPY captured': 4_500,
      'minor units of JPY refunded': 0,
      'minor units of EUR captured': 17 * 4_500,
    })
  })

  it('reports a second refund once', async () => {
    const sql = [['payment', 'update gateway.intent set refunded = 4500 where order_id = $1']] as const
    expect(violationsOf(await auditAfter({ scenario: 'refundedByHand', sql }), 'I2')).toHaveLength(1)
  })

  it('accepts a payment intent at the gateway that no worker may confirm', async () => {
    const report = await world.auditAfter(({ payment }) =>
      payment.query(
        `insert into gateway.intent (reference, order_id, amount, currency, created_at) values ('other', $1, 4500, 'EUR', now())`,
        [world.orderOf('declined')],
      ),
    )
    expect(formatReport(report)).not.toContain('✗')
  })

  it('accepts a charge that the gateway is processing while the order is open', async () => {
    const report = await auditAfter({
      sql: [
        ['order', `update customer_order set status = 'placed', settled = false, payment = 'pending' where id = $1`],
        ['payment', `update payment set status = 'pending', captured = 0 where order_id = $1`],
        ['payment', `update gateway.intent set status = 'processing', captured = 0 where order_id = $1`],
      ],
    })
    expect(violationsOf(report, 'I2')).toEqual([])
  })

  it.each([
    ['with the notification of earlier versions', []],
    [
      'without a notification',
      [
        ['order', `delete from order_event where order_id = $1 and event->'data'->>'occasion' = 'refund_failed'`],
        ['order', `update customer_order set notifications = notifications - 2 where id = $1`],
        ['notification', `delete from notification where order_id = $1 and occasion = 'refund_failed'`],
      ],
    ],
  ] as const)('accepts a refused refund that arrived after the refund, %s', async (_, unnotified) => {
    const occasions = '{order_placed,order_cancelled,payment_refunded,refund_failed}'
    const overtaken = ['notification', `update addressee set occasions = '${occasions}' where order_id = $1`] as const
    const report = await auditAfter({ scenario: 'refundedByHand', sql: [overtaken, ...unnotified] })
    expect(formatReport(report)).not.toContain('✗')
  })

  it('accepts orders that were placed without a trace, with or without later traces', async () => {
    const report = await world.auditAfter(async ({ order }) => {
      for (const scenario of ['fulfilled', 'cancelledPaid', 'refundedByHand', 'overtaken'] as const)
        await order.query(`update order_event set event = (event::jsonb - 'traceparent')::json where order_id = $1`, [
          world.orderOf(scenario),
        ])
      const addTrace = (type: string, orderId: string) => order.query(retrace(type, 'b'), [orderId])
      for (const type of ['OrderCancelled', 'InventoryReleased']) await addTrace(type, world.orderOf('cancelledPaid'))
      for (const type of ['PaymentRefunded', 'NotificationSent']) await addTrace(type, world.orderOf('refundedByHand'))
      await addTrace('ShipmentDispatched', world.orderOf('overtaken')) // each parcel is a request
    })
    expect(formatReport(report)).not.toContain('✗')
    expect(report.findings.find(({ invariant }) => invariant === 'I10')?.checked).toEqual({
      'orders in one trace': 20,
      'in the traces of several requests': 3,
      'without a trace': 1,
    })
  })

  it.each(Object.entries({ ...goodReasons, ...goodContents }))('accepts %s', async (_, plant) => {
    expect(formatReport(await auditAfter(plant))).not.toContain('✗')
  })

  it.each(Object.entries(completeLetters))('accepts a dead letter %s', async (_, statements) => {
    const report = await world.auditAfter(async ({ payment }) => {
      for (const statement of statements) await payment.query(statement)
    })
    expect(formatReport(report)).not.toContain('✗')
    expect(report.findings.find(({ invariant }) => invariant === 'I9')?.checked).toMatchObject({
      'waiting for a person': 1,
    })
  })

  it.each(Object.entries(recordedOperations))('accepts a dead letter %s', async (_, statements) => {
    const report = await world.auditAfter(async ({ payment }) => {
      for (const statement of statements) await payment.query(statement)
    })
    expect(violationsOf(report, 'I14')).toEqual([])
    expect(report.findings.find(({ invariant }) => invariant === 'I14')?.checked).toEqual({ operations: 1 })
  })

  it('accepts a message that was moved from the retry table to the outbox', async () => {
    const report = await world.auditAfter(async ({ payment }) => {
      await payment.query(
        `insert into outbox (id, type, subject, exchange, routing_key, body, message, bytes, leased_until)
         values (gen_random_uuid(), 'Charge', gen_random_uuid(), 'payment.direct', 'payment.tasks', '',
                 '{"headers":{},"exchange":"payment.direct","moved":true}', '{}', now())`,
      )
    })
    expect(violationsOf(report, 'I14')).toEqual([])
  })

  it('shows the first violations of each invariant, and the number of the others', async () => {
    const report = await world.auditAfter(({ order }) => order.query(`update customer_order set currency = 'USD'`))
    expect(formatReport(report, 2)).toMatch(
      /✗ I2: .*\(24 payments.*\n {4}24 × is in USD, but was paid in EUR: (\S+, ){2}\S+ …\n {4}21 × is in USD, but was charged in EUR: .*\n✓ I3:/,
    )
  })
})

describe('with facts from clients and the broker', () => {
  const orderId = newOrderId()
  const auditWith = (facts: ExternalFacts) => world.auditAfter(async () => undefined, facts)

  it('I1 finds accepted orders that are lost or ended unexpectedly, and orders whose id no client received', async () => {
    const [declined, keyless] = [world.orderOf('declined'), world.orderOf('cancelledUnpaid')]
    const others = world.orderIds.filter((id) => id !== declined && id !== keyless).map((id) => ({ orderId: id }))
    const accepted = [{ orderId }, { orderId: declined, endings: ['fulfilled', 'expired'] as const }, ...others]
    expect(violationsOf(await auditWith({ accepted }), 'I1')).toEqual([
      { subject: orderId, detail: 'was accepted, but does not exist' },
      { subject: declined, detail: 'ended as payment_declined, not as fulfilled or expired' },
      { subject: keyless, detail: 'exists, but no client received its id' },
    ])
    const all = world.orderIds.map((id) => ({ orderId: id }))
    expect(violationsOf(await auditWith({ accepted: all }), 'I1')).toEqual([])
  })

  it('I7 finds keys with two orders, with two bodies, with a rejected repetition, and without an order', async () => {
    const fulfilled = world.orderOf('fulfilled')
    const key = `key-of-${fulfilled}`
    const answers = [
      { key, body: 'a', status: 202, orderId: fulfilled },
      { key, body: 'b', status: 202, orderId },
      { key, body: 'a', status: 422, orderId: null },
      { key: 'forgotten', body: 'a', status: 202, orderId: fulfilled },
    ]
    expect(violationsOf(await auditWith({ answers }), 'I7').map(({ detail }) => detail)).toEqual([
      expect.stringContaining('created 2 orders'),
      'was accepted with 2 bodies',
      'was rejected, although it was accepted with the same body',
      `returned ${fulfilled}, but is stored for no order`,
    ])
  })

  it('I8 finds messages in a queue', async () => {
    const queues = new Map([
      ['order.inbox', { messages: 0, consumers: 1 }],
      ['unrouted', { messages: 2, consumers: 0 }],
    ])
    expect(violationsOf(await auditWith({ queues }), 'I8')).toEqual([{ subject: 'unrouted', detail: 'has 2 messages' }])
  })
})
