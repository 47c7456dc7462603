import { expect, it } from 'vitest'
import { type Period, UnconfirmedSends } from '../src/amqp/publisher/unconfirmed-sends.ts'

const confirm = (period: Period) => {
  period.unconfirmed -= 1
}

const limitMs = 60

it('a message is overdue when it has been unconfirmed for the limit, although later ones are confirmed', () => {
  const sends = new UnconfirmedSends(0)
  sends.sent()
  const overdue = [10, 20, 30, 40, 50, 60, 70].map((atMs) => {
    confirm(sends.sent())
    return sends.isOverdue(limitMs, atMs)
  })
  expect(overdue).toEqual([false, false, false, false, false, false, true])
})

it('no message is overdue while each is confirmed within the limit', () => {
  const sends = new UnconfirmedSends(0)
  let last = sends.sent()
  for (let atMs = 10; atMs <= 500; atMs += 10) {
    const next = sends.sent()
    if (atMs % 50 === 0) {
      confirm(last)
      last = next
    } else confirm(next)
    expect(sends.isOverdue(limitMs, atMs), `at ${atMs}`).toBe(false)
  }
})

it('the time in which the broker did not read does not count', () => {
  const sends = new UnconfirmedSends(0)
  sends.sent()
  expect(sends.isOverdue(limitMs, 10)).toBe(false)
  sends.block(20)
  expect(sends.isOverdue(limitMs, 490)).toBe(false)
  sends.unblock(500)
  expect([510, 549, 550].map((atMs) => sends.isOverdue(limitMs, atMs))).toEqual([false, false, true])
})

it('a message is overdue although the broker stops and continues to read more often than the limit', () => {
  const sends = new UnconfirmedSends(0)
  sends.sent()
  expect(sends.isOverdue(limitMs, 0)).toBe(false)
  const overdue = [20, 40, 60, 80, 100, 120].map((atMs) => {
    sends.block(atMs - 10)
    sends.unblock(atMs)
    return sends.isOverdue(limitMs, atMs)
  })
  expect(overdue).toEqual([false, false, false, false, false, true])
})
