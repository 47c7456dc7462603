import { expect, it } from 'vitest'
import { CaughtUp } from '../src/amqp/consumer/caught-up.ts'

const unknown = Number.POSITIVE_INFINITY

it('has caught up when as many are settled as waited', () => {
  const caughtUp = new CaughtUp()
  expect(caughtUp.done()).toBe(false)
  caughtUp.connected(2)
  caughtUp.settled(false)
  expect(caughtUp.done()).toBe(false)
  caughtUp.settled(false)
  expect(caughtUp.done()).toBe(true)
})

it('assumes an empty queue after two observations without messages, once the deliveries in hand are settled', () => {
  const caughtUp = new CaughtUp()
  caughtUp.connected(unknown)
  const finds = (messages: number) => caughtUp.observed(messages, { unsettled: 1, lossDetected: false })
  finds(0)
  finds(3)
  finds(0)
  caughtUp.settled(false)
  expect(caughtUp.done()).toBe(false)
  finds(0)
  expect(caughtUp.done()).toBe(false)
  caughtUp.settled(false)
  expect(caughtUp.done()).toBe(true)
})

it('waits for deliveries of its lost channel until the broker must have detected the loss', () => {
  const caughtUp = new CaughtUp()
  caughtUp.disconnected(1)
  caughtUp.connected(0)
  const finds = (lossDetected: boolean) => caughtUp.observed(0, { unsettled: 0, lossDetected })
  finds(false)
  finds(false)
  expect(caughtUp.done()).toBe(false)
  finds(true)
  expect(caughtUp.done()).toBe(true)
})

it('waits for deliveries of each lost channel, if the connection is lost again before they are redelivered', () => {
  const caughtUp = new CaughtUp()
  caughtUp.disconnected(50)
  caughtUp.connected(0)
  caughtUp.disconnected(0)
  caughtUp.connected(0)
  const finds = (lossDetected: boolean) => caughtUp.observed(0, { unsettled: 0, lossDetected })
  finds(false)
  finds(false)
  expect(caughtUp.done()).toBe(false)
  finds(true)
  expect(caughtUp.done()).toBe(true)
})

it('does not wait indefinitely for a delivery that stays unsettled', () => {
  const caughtUp = new CaughtUp()
  caughtUp.disconnected(1)
  caughtUp.connected(3)
  caughtUp.settled(false)
  for (let look = 1; look < 30; look += 1) caughtUp.observed(0, { unsettled: 1, lossDetected: look > 20 })
  expect(caughtUp.done()).toBe(false)
  caughtUp.observed(0, { unsettled: 1, lossDetected: true })
  expect(caughtUp.done()).toBe(true)
})
