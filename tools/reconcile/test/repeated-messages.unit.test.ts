/**
 * A message that is sent again must equal the original. Otherwise an inbox that has the original would report
 * `id_conflict`.
 */
import { decode, encode, type Message, newOrderId } from '@quadrille/events'
import { aMessage, aPlacedOrder } from '@quadrille/shop-testing'
import { describe, expect, it } from 'vitest'
import { asMessage } from '../src/history.ts'
import { outgoing } from '../src/send-missing.ts'

const declined = aMessage('PaymentDeclined', {
  ...{ orderId: newOrderId(), amount: 4_500, currency: 'EUR', code: 'insufficient_funds' },
  category: 'insufficient_funds',
})
const hashOf = (message: Message): string => decode(Buffer.from(encode(message))).hash
const address = { exchange: 'payment.direct', routingKey: 'payment.inbox' }

describe('an event of the history', () => {
  it('that was stored in an older version is upcast to the newest, under its id', () => {
    const stored = JSON.parse(Buffer.from(encode(declined, { PaymentDeclined: 1 })).toString())
    expect(stored).toMatchObject({ schemaversion: 1, data: { code: 'insufficient_funds' } })
    expect(asMessage(stored)).toEqual(declined)
  })

  it('that ended an event storm begins a new chain of causes, with the same content', () => {
    const message = asMessage({ ...declined, hops: 40 })
    expect(message).not.toHaveProperty('hops')
    expect(hashOf(message)).toBe(hashOf({ ...declined, hops: 40 }))
  })

  it('that was stored without its payment method can be read', () => {
    const { payment: _, ...data } = aPlacedOrder()
    const placed = aMessage('OrderPlaced', aPlacedOrder(data.orderId))
    const message = asMessage(JSON.parse(JSON.stringify({ ...placed, data })))
    expect(message).toMatchObject({ replayof: placed.id, data })
    expect(message.id).not.toBe(placed.id)
  })
})

it.each([{}, { PaymentDeclined: 1 }, { PaymentDeclined: 2 }])('is sent in the published version: %j', (versions) => {
  const { id, body } = outgoing({ message: declined, address }, versions)
  const published = Buffer.from(encode(declined, versions))
  expect(id).toBe(declined.id)
  expect(decode(Buffer.from(body)).hash).toBe(decode(published).hash)
})
