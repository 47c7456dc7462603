import { catalog, choreography, type Message, type MessageType } from '@quadrille/events'
import { aMessage } from '@quadrille/shop-testing'
import { expect, test } from 'vitest'
import { stepOf } from '../../src/terminal/order-step.ts'

const events: readonly MessageType[] = Object.values(choreography).flatMap(({ publishes }) => publishes)

/** The step of the example of this type. */
const exampleOf = (type: MessageType): string | null =>
  stepOf(aMessage(type, catalog[type].example as never) as Message)

test('each event has words, except for notifications', () => {
  expect(events.filter((type) => exampleOf(type) === null)).toEqual(['NotificationSent', 'NotificationFailed'])
})

test.each([
  [2_500, 'EUR', 'placed 25.00 EUR'],
  [2_500, 'JPY', 'placed 2500 JPY'],
  [2_500, 'HUF', 'placed 25.00 HUF'],
  [2_500, 'KWD', 'placed 2.500 KWD'],
  [2_500, 'XYZ', 'placed 25.00 XYZ'],
])('%i minor units of %s are shown as %s', (total, currency, text) => {
  const example = catalog.OrderPlaced.example
  expect(stepOf(aMessage('OrderPlaced', { ...example, total, currency } as never) as Message)).toBe(text)
})
