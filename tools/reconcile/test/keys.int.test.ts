/** The key of an event distinguishes it from the others of its order. The histories of the database have the same keys. */
import { withIds } from '@quadrille/audit'
import { catalog, type Draft, draft, newOrderId, seal } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { isUniquePerSubject } from '@quadrille/messages'
import { openDatabase } from '@quadrille/postgres'
import { aPlacedOrder } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { expect, inject, onTestFinished, test } from 'vitest'
import { keyOf, readEventKeys, readEvents } from '../src/history.ts'

const orderId = newOrderId()
const notified = { orderId, channel: 'email' } as const
const parcel = { orderId, carrier: 'DHL', trackingCode: '0034' }

/** Two events of each type of which an order may have several. */
const twoOf: Readonly<Record<string, readonly [Draft, Draft]>> = {
  NotificationSent: [
    draft('NotificationSent', { ...notified, occasion: 'order_placed' }),
    draft('NotificationSent', { ...notified, occasion: 'order_fulfilled' }),
  ],
  NotificationFailed: [
    draft('NotificationFailed', { ...notified, occasion: 'order_placed', code: 'no' }),
    draft('NotificationFailed', { ...notified, occasion: 'order_fulfilled', code: 'no' }),
  ],
  ShipmentDispatched: [
    draft('ShipmentDispatched', { ...parcel, at: '2030-01-02T03:04:05.678Z' }),
    draft('ShipmentDispatched', { ...parcel, at: '2030-01-02T03:04:05.679Z' }),
  ],
}

const severalOfAnOrder = Object.values(catalog).filter(
  (definition) => definition.kind === 'event' && !isUniquePerSubject(definition),
)

const openOrderDatabase = async () => {
  const { url, drop } = await createServiceDatabase(inject('postgresUrl'), definitions.order)
  onTestFinished(drop)
  const database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  return database
}

test.each(severalOfAnOrder)(
  'two events of the type $type have different keys, and both are found',
  async ({ type }) => {
    const two = twoOf[type]
    if (!two)
      throw new Error(
        `Add two examples of ${type} to this test, and the type to keyOf, parseHistory and readHistories.`,
      )
    const database = await openOrderDatabase()
    for (const each of [draft('OrderPlaced', aPlacedOrder(orderId)), ...two]) {
      const event = seal(each, { service: 'test', now: new Date() })
      await database.query('insert into order_event (order_id, id, event) values ($1, $2, $3)', [
        orderId,
        event.id,
        JSON.stringify(event),
      ])
    }
    const keys = two.map(keyOf)
    const histories = await readEventKeys(database, withIds([orderId]))
    expect(histories.get(orderId)).toEqual(new Set(['OrderPlaced', ...keys]))
    const find = await readEvents(database, [orderId])
    expect(keys.map((key) => find(orderId, key)?.message.data)).toEqual(two.map(({ data }) => data))
  },
)
