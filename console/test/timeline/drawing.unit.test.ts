import { choreography } from '@quadrille/events/choreography'
import { describe, expect, test } from 'vitest'
import type { Diagnosis, Event, FailedAttempt, LoggedOperation, WaitingMessage } from '../../src/page/api/types.ts'
import { draw } from '../../src/page/views/order/timeline/drawing.ts'
import type { ServiceFacts } from '../../src/page/views/order/timeline/facts.ts'

const lanes = Object.keys(choreography)

/** An event `atMs` after midnight. */
const event = (type: string, source: string, atMs: number, more: Partial<Event> = {}): Event => ({
  id: `${type} ${atMs}`,
  subject: '0193b3a0-7c00-7000-8000-000000000001',
  schemaversion: 1,
  type,
  source: `/${source}`,
  time: new Date(Date.UTC(2026, 10, 28) + atMs).toISOString(),
  data: {},
  ...more,
})

const nowMs = Date.UTC(2026, 10, 28, 1)

const nothing: Omit<ServiceFacts, 'service'> = { unknown: null, waiting: [], task: null, attempts: [], operations: [] }

const holding = (service: string, held: Partial<ServiceFacts>): ServiceFacts[] =>
  lanes.map((lane) => ({ service: lane, ...nothing, ...(lane === service && held) }))

const idle = holding('', {})

const nowhere: Diagnosis['where'] = {
  ...{ service: 'payment', place: 'unknown', messageId: null, type: null, queue: null },
  ...{ attempts: null, error: null, since: null, at: null, deadLetterId: null },
}

const owesPayment = (where: Partial<Diagnosis['where']> = {}): Diagnosis => ({
  missing: ['PaymentProcessed', 'PaymentDeclined'],
  owedBy: 'payment',
  since: null,
  where: { ...nowhere, ...where },
  remedy: null,
})

const failedAttempt = (number: number, atMs: number): FailedAttempt => {
  const at = event('', '', atMs).time
  return {
    ...{ number, attempt: number, orderId: 'an order', messageId: 'a task', causationId: null, type: 'Charge' },
    ...{ queue: 'payment.tasks', error: 'The gateway answered 500.', outcome: 'retried', reason: null },
    ...{ firstFailedAt: at, at, nextAt: null },
  }
}

/** Each row as "lane: title", and each arrow as "cause → effect". */
const shown = (events: readonly Event[], services = idle, missing: readonly Diagnosis[] = []) => {
  const { rows, arrows } = draw({ events, services, missing, nowMs }, choreography)
  const titleOf = (row: number) => rows[row]?.node.title
  return {
    rows: rows.map(({ node }) => `${node.service}: ${node.title}`),
    arrows: arrows.map(({ from, to, isExpected }) => `${titleOf(from)} ${isExpected ? '⇢' : '→'} ${titleOf(to)}`),
  }
}

describe('causes and effects', () => {
  test('an arrow leads from the event that the causation id names', () => {
    const placed = event('OrderPlaced', 'order', 0)
    const paid = event('PaymentProcessed', 'payment', 10, { causationid: placed.id })
    const reserved = event('InventoryReserved', 'inventory', 20, { causationid: placed.id })
    expect(shown([placed, paid, reserved]).arrows).toEqual([
      'OrderPlaced → PaymentProcessed',
      'OrderPlaced → InventoryReserved',
    ])
  })

  test('through internal messages and tasks it leads from the event that caused them', () => {
    const placed = event('OrderPlaced', 'order', 0)
    const paid = event('PaymentProcessed', 'payment', 10, { causationid: 'the id of ChargeSucceeded' })
    expect(shown([placed, paid]).arrows).toEqual(['OrderPlaced → PaymentProcessed'])
  })

  test('a notification follows from the event of its occasion', () => {
    const placed = event('OrderPlaced', 'order', 0)
    const fulfilled = event('OrderFulfilled', 'order', 10)
    const late = event('NotificationSent', 'notification', 20, { data: { occasion: 'order_placed' } })
    expect(shown([placed, fulfilled, late]).arrows).toEqual(['OrderPlaced → NotificationSent'])
  })

  test('failed attempts stand between the cause and the event to which the work led in the end', () => {
    const events = [event('OrderPlaced', 'order', 0), event('PaymentProcessed', 'payment', 3_000)]
    const held = holding('payment', { attempts: [failedAttempt(2, 2_000), failedAttempt(1, 1_000)] })
    expect(shown(events, held)).toEqual({
      rows: ['order: OrderPlaced', 'payment: Charge', 'payment: PaymentProcessed'],
      arrows: ['OrderPlaced → Charge', 'Charge → PaymentProcessed'],
    })
  })

  test('failed attempts do not stand before a later event of other work', () => {
    const events = [
      event('OrderPlaced', 'order', 0),
      event('PaymentProcessed', 'payment', 3_000),
      event('OrderCancelled', 'order', 9_000),
      event('PaymentRefunded', 'payment', 9_010),
    ]
    const held = holding('payment', { attempts: [failedAttempt(1, 1_000)] })
    expect(shown(events, held).arrows).toEqual([
      'OrderPlaced → Charge',
      'Charge → PaymentProcessed',
      'OrderCancelled → PaymentRefunded',
    ])
  })

  test('an attempt of another message of the same type did not lead to the event', () => {
    const placed = event('OrderPlaced', 'order', 0)
    const paid = event('PaymentProcessed', 'payment', 10)
    const reserved = event('InventoryReserved', 'inventory', 20, { causationid: paid.id })
    const poison = { ...failedAttempt(1, 15), messageId: 'poison', type: 'PaymentProcessed', queue: 'inventory.inbox' }
    expect(shown([placed, paid, reserved], holding('inventory', { attempts: [poison] })).arrows).toEqual([
      'OrderPlaced → PaymentProcessed',
      'PaymentProcessed → PaymentProcessed',
      'PaymentProcessed → InventoryReserved',
    ])
  })

  test('an attempt that failed after the event did not lead to it', () => {
    const events = [event('OrderPlaced', 'order', 0), event('PaymentProcessed', 'payment', 10)]
    const held = holding('payment', { attempts: [failedAttempt(1, 1_000)] })
    expect(shown(events, held).arrows).toEqual(['OrderPlaced → PaymentProcessed', 'OrderPlaced → Charge'])
  })

  test('a charge that succeeded after the cancellation follows from the order', () => {
    const events = [
      event('OrderPlaced', 'order', 0),
      event('OrderCancelled', 'order', 10),
      event('PaymentProcessed', 'payment', 20),
    ]
    expect(shown(events).arrows).toEqual(['OrderPlaced → PaymentProcessed'])
  })

  test('each channel of a notification has its own failures and its own retry', () => {
    const placed = event('OrderPlaced', 'order', 0)
    const channels = ['email', 'webhook'] as const
    const attempts = channels.map((channel, index) => ({
      ...failedAttempt(index + 1, 1_000),
      ...{ messageId: `to ${channel}`, causationId: placed.id, type: 'Notify', queue: `notification.${channel}` },
    }))
    const waiting = channels.map((channel) => ({
      ...({ messageId: `to ${channel}`, causationId: placed.id, type: 'Notify', place: 'retry', attempts: 1 } as const),
      ...{ queue: `notification.${channel}`, error: 'down', since: null, at: placed.time, deadLetterId: null },
    }))
    const services = holding('notification', { attempts, waiting })
    const { rows, arrows } = draw({ events: [placed], services, missing: [], nowMs }, choreography)
    expect(new Set(rows.map(({ node }) => node.key)).size).toBe(5)
    const queueOf = (row: number) => rows[row]?.node.queue
    const between = arrows.filter(({ from }) => rows[from]?.node.kind === 'failure')
    expect(between.map(({ from, to }) => [queueOf(from), queueOf(to)])).toEqual(
      channels.map((channel) => [`notification.${channel}`, `notification.${channel}`]),
    )
  })

  test('an effect is drawn below its cause, although the clock of its service is behind', () => {
    const placed = event('OrderPlaced', 'order', 5_000)
    const paid = event('PaymentProcessed', 'payment', 1_000)
    const { rows } = draw({ events: [placed, paid], services: idle, missing: [], nowMs }, choreography)
    expect(rows.map(({ node, isBehind }) => [node.title, isBehind])).toEqual([
      ['OrderPlaced', false],
      ['PaymentProcessed', true],
    ])
  })

  test.each([
    [50, false],
    [51, true],
  ])('a clock that is %i ms behind is remarked on: %j', (behindMs, isBehind) => {
    const placed = event('OrderPlaced', 'order', 5_000)
    const paid = event('PaymentProcessed', 'payment', 5_000 - behindMs)
    const { rows } = draw({ events: [placed, paid], services: idle, missing: [], nowMs }, choreography)
    expect(rows.map((row) => row.isBehind)).toEqual([false, isBehind])
  })

  test('an effect is drawn below its cause, although it entered the history before it', () => {
    const paid = event('PaymentProcessed', 'payment', 10)
    const reserved = event('InventoryReserved', 'inventory', 20, { causationid: paid.id })
    expect(shown([reserved, paid]).rows).toEqual(['payment: PaymentProcessed', 'inventory: InventoryReserved'])
  })
})

describe('what is missing', () => {
  const placed = event('OrderPlaced', 'order', 0)

  test('is drawn last in the lane of the service that must give it, after the event that it answers', () => {
    expect(shown([placed], idle, [owesPayment()])).toEqual({
      rows: ['order: OrderPlaced', 'payment: PaymentProcessed or PaymentDeclined'],
      arrows: ['OrderPlaced ⇢ PaymentProcessed or PaymentDeclined'],
    })
  })

  test('follows from the task that fails, which follows from its failed attempts', () => {
    const held = holding('payment', {
      task: { messageId: null, type: 'Charge', queue: 'payment.tasks', attempts: 2, since: null, error: null },
      attempts: [failedAttempt(2, 2_000), failedAttempt(1, 1_000)],
    })
    const drawn = shown([placed], held, [owesPayment({ place: 'task', type: 'Charge', queue: 'payment.tasks' })])
    expect(drawn.arrows).toEqual([
      'OrderPlaced → Charge',
      'Charge → Charge',
      'Charge ⇢ PaymentProcessed or PaymentDeclined',
    ])
    const { rows } = draw({ events: [placed], services: held, missing: [], nowMs }, choreography)
    expect(rows[1]?.node.detail).toBe('2 attempts: The gateway answered 500.')
  })

  test('an email that waits follows from its own failures only', () => {
    const failed = { ...failedAttempt(1, 1_000), messageId: 'the receipt', type: 'Notify', queue: 'notification.email' }
    const arrowsFor = (messageId: string) => {
      const task = { messageId, type: 'Notify', queue: 'notification.email', attempts: null, since: null, error: null }
      return shown([placed], holding('notification', { task, attempts: [failed] })).arrows
    }
    expect(arrowsFor('the receipt')).toEqual(['OrderPlaced → Notify', 'Notify → Notify'])
    expect(arrowsFor('the next email')).toEqual(['OrderPlaced → Notify'])
  })

  test('follows from the dead letter that blocks it', () => {
    const at = '2026-11-28T00:00:02.000Z'
    const waiting: WaitingMessage[] = [
      {
        ...{
          messageId: placed.id,
          causationId: null,
          type: 'OrderPlaced',
          place: 'dead_letter',
          queue: 'payment.inbox',
        },
        ...{ attempts: 6, error: 'RangeError', since: null, at, deadLetterId: 'an id' },
      },
    ]
    const held = holding('payment', { waiting })
    const missing = owesPayment({ place: 'dead_letter', type: 'OrderPlaced', deadLetterId: 'an id' })
    const { rows, arrows } = draw({ events: [placed], services: held, missing: [missing], nowMs }, choreography)
    expect(rows.map(({ node }) => node.kind)).toEqual(['event', 'dead_letter', 'ghost'])
    expect(arrows).toEqual([
      { from: 0, to: 1, isExpected: false },
      { from: 1, to: 2, isExpected: true },
    ])
    expect(rows[1]?.node.contents).toEqual({ kind: 'dead_letter', service: 'payment', id: 'an id' })
    expect(rows[2]?.node.detail).toBe('OrderPlaced is a dead letter of payment.')
  })
})

test('a dead letter is not earlier than its last attempt, which is recorded a little later', () => {
  const placed = event('OrderPlaced', 'order', 0)
  const attempt = { ...failedAttempt(1, 1_003), messageId: placed.id, type: 'OrderPlaced', queue: 'payment.inbox' }
  const parked: WaitingMessage = {
    ...{ messageId: placed.id, causationId: null, type: 'OrderPlaced', place: 'dead_letter', queue: 'payment.inbox' },
    ...{ attempts: 1, error: 'RangeError', since: null, at: event('', '', 1_000).time, deadLetterId: 'an id' },
  }
  const services = holding('payment', { attempts: [attempt], waiting: [parked] })
  const { rows } = draw({ events: [placed], services, missing: [], nowMs }, choreography)
  expect(rows.map(({ node, isBehind }) => [node.kind, node.at, isBehind])).toEqual([
    ['event', placed.time, false],
    ['failure', attempt.at, false],
    ['dead_letter', attempt.at, false],
  ])
})

test('a row in the outbox is drawn only if it is late, because each event is there for a moment', () => {
  const placed = event('OrderPlaced', 'order', 0)
  const rowSince = (since: string): WaitingMessage => ({
    ...{ messageId: placed.id, causationId: null, type: 'OrderPlaced', place: 'outbox', queue: null },
    ...{ attempts: 0, error: null, since, at: since, deadLetterId: null },
  })
  const late = holding('order', { waiting: [rowSince(placed.time)] })
  const fresh = holding('order', { waiting: [rowSince(new Date(nowMs - 100).toISOString())] })
  expect(shown([placed], late).arrows).toEqual(['OrderPlaced → OrderPlaced'])
  expect(shown([placed], fresh).rows).toEqual(['order: OrderPlaced'])
})

test('a notification follows from its own parcel', () => {
  const parcels = [1, 2].map((at) => event('ShipmentDispatched', 'shipping', at, { data: { at: `time ${at}` } }))
  const told = event('NotificationSent', 'notification', 3, { data: { occasion: 'shipment_dispatched:time 1' } })
  const { arrows } = draw({ events: [...parcels, told], services: idle, missing: [], nowMs }, choreography)
  expect(arrows).toEqual([{ from: 0, to: 2, isExpected: false }])
})

test('what a person did stands at its time in the lane of its service, with the name and the outcome', () => {
  const events = [event('OrderPlaced', 'order', 0), event('PaymentProcessed', 'payment', 5_000)]
  const replay: LoggedOperation = {
    ...{ operation: 'replay', operator: 'Robin', note: 'the shelf is back', detail: null, outcome: 'done' },
    ...{ at: event('', '', 1_000).time, orderId: 'an order', deadLetterId: 'a letter', messageType: 'Charge' },
  }
  const { rows } = draw(
    { events, services: holding('payment', { operations: [replay] }), missing: [], nowMs },
    choreography,
  )
  expect(rows.map(({ node }) => node.title)).toEqual(['OrderPlaced', 'replay of Charge', 'PaymentProcessed'])
  expect(rows[1]?.node).toMatchObject({ service: 'payment', detail: 'done, by Robin: the shelf is back', cause: null })
})

test('a refund that a person has requested again is not said to be done, because the gateway may refuse it', () => {
  const requested: LoggedOperation = {
    ...{ operation: 'refund_request', operator: 'Robin', note: null, detail: 'requested again', outcome: 'done' },
    ...{ at: event('', '', 1_000).time, orderId: 'an order', deadLetterId: null, messageType: null },
  }
  const services = holding('payment', { operations: [requested] })
  const { rows } = draw({ events: [], services, missing: [], nowMs }, choreography)
  expect(rows.map(({ node }) => `${node.title}: ${node.detail}`)).toEqual([
    'refund request: requested, by Robin: requested again',
  ])
})

test('a pause is marked that is much longer than the others', () => {
  const events = [0, 20, 50, 7_200_050].map((at) => event('NotificationSent', 'notification', at, { id: `${at}` }))
  const { rows } = draw({ events, services: idle, missing: [], nowMs }, choreography)
  expect(rows.map(({ pauseMs }) => pauseMs)).toEqual([null, null, null, 7_200_000])
})

test('a lane says why it may lack something', () => {
  const services = holding('shipping', { unknown: 'shipping does not answer' })
  const { lanes: drawn } = draw({ events: [], services, missing: [], nowMs }, choreography)
  expect(drawn.map(({ service }) => service)).toEqual(lanes)
  expect(drawn.find(({ service }) => service === 'shipping')?.unknown).toBe('shipping does not answer')
})
