import { expect, it } from 'vitest'
import { createOrderLimit, type OrderLimit } from '../src/order-limit.ts'

const limitOf = (max: number, outboxFull = () => false) =>
  createOrderLimit({ config: { ORDERS_OPEN_MAX: max }, outboxFull })

/** Begins a count. Returns a function that completes it. */
const beginCount = ({ recount }: OrderLimit) => {
  const { promise, resolve } = Promise.withResolvers<number>()
  const counted = recount(() => promise)
  return (open: number) => {
    resolve(open)
    return counted
  }
}

const placed = async () => 'placed'
const failing = () => Promise.reject(new Error('unknown'))

it('an order counts while it is being placed, after that, and if it fails, because its outcome is then unknown', async () => {
  const limit = limitOf(1)
  const failed = limit.admit(failing)
  expect(limit.refusal()).toMatchObject({ status: 503 })
  await expect(failed).rejects.toThrow('unknown')
  await expect(limit.admit(placed)).rejects.toMatchObject({ status: 503 })
})

it('the refusal names the database, unless the limit is also reached without the orders that failed', async () => {
  const limit = limitOf(2)
  await limit.recount(async () => 1)
  await expect(limit.admit(failing)).rejects.toThrow('unknown')
  expect(limit.refusal()?.message).toBe('The database is temporarily unavailable.')
  await limit.recount(async () => 1)
  await limit.admit(placed)
  expect(limit.refusal()?.message).toContain('2 orders are open')
})

it('an order that fails during a count is added to it, until the next count', async () => {
  const limit = limitOf(1)
  const endCount = beginCount(limit)
  await expect(limit.admit(failing)).rejects.toThrow('unknown')
  await endCount(0)
  expect(limit.refusal()?.message).toBe('The database is temporarily unavailable.')
  await limit.recount(async () => 1)
  expect(limit.refusal()?.message).toContain('1 orders are open')
})

it('an order that was placed before a count is not counted twice', async () => {
  const limit = limitOf(2)
  await limit.admit(placed)
  await limit.recount(async () => 1)
  expect(await limit.admit(placed)).toBe('placed')
})

it('an order that is placed during a count is added to it, until the next count', async () => {
  const limit = limitOf(1)
  const endCount = beginCount(limit)
  await limit.admit(placed)
  await endCount(0)
  expect(limit.refusal()).toBeDefined()
  await limit.recount(async () => 0)
  expect(limit.refusal()).toBeUndefined()
})

it('a count that fails changes nothing', async () => {
  const limit = limitOf(2)
  await limit.admit(placed)
  await expect(limit.recount(() => Promise.reject(new Error('timeout')))).rejects.toThrow('timeout')
  expect(limit.refusal()).toBeUndefined()
  await limit.admit(placed)
  expect(limit.refusal()).toBeDefined()
})

it('the refusal names the database while the counts fail, because the orders since the last one may be settled', async () => {
  const limit = limitOf(2)
  const fail = () => expect(limit.recount(() => Promise.reject(new Error('timeout')))).rejects.toThrow('timeout')
  await limit.admit(placed)
  await fail()
  await limit.admit(placed)
  await fail()
  expect(limit.refusal()?.message).toBe('The database is temporarily unavailable.')
  await limit.recount(async () => 2)
  expect(limit.refusal()?.message).toContain('2 orders are open')
})

it('no order is admitted while the outbox is full', async () => {
  let full = true
  const limit = limitOf(1, () => full)
  await expect(limit.admit(placed)).rejects.toMatchObject({ status: 503 })
  full = false
  expect(limit.refusal()).toBeUndefined()
})
