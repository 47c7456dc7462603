/** When the job that cancels overdue orders waits after a gap, in which this process or Postgres may not have run. */
import type { Database } from '@quadrille/postgres'
import { createPostgresAvailability } from '@quadrille/service/tools'
import { expect, it, onTestFinished, vi } from 'vitest'
import { afterAGap, cancelIn, countOverdue, expiryOf, forOverdueOrders, signal } from './expiry-job.ts'

const openOverdue = forOverdueOrders()

/** The database, whose time goes on faster than that of this process by `aheadMs`. */
const aheadOf = (sql: Database, aheadMs: () => number): Database => ({
  ...sql,
  query: async <Row>(text: string, values?: readonly unknown[]) => {
    const rows = await sql.query<Row>(text, values)
    const later = (row: Row) => ({ ...row, now: new Date(Number((row as { now?: Date }).now) + aheadMs()) })
    return text.includes('clock_timestamp()') ? rows.map(later) : rows
  },
})

it.each([
  ['the process was stopped', 6_000, 0],
  ['the machine was suspended, and the clock of the process stood still', 0, 6_000],
])('orders expire 30 s after %s', async (_, stoppedMs, suspendedMs) => {
  const sql = await openOverdue(1)
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  let isDisconnected = true
  const { job, paused } = expiryOf(
    aheadOf(sql, () => (isDisconnected ? 0 : suspendedMs) + performance.now()),
    cancelIn(sql),
    { catchingUp: () => (isDisconnected ? 'the broker is unavailable' : null) },
  )
  await job.run(signal)
  isDisconnected = false
  expect(paused()).toBeNull()
  vi.advanceTimersByTime(stoppedMs)
  await afterAGap(() => job.run(signal))
  expect(await countOverdue(sql)).toBe(1)
  await job.run(signal)
  expect(await countOverdue(sql)).toBe(0)
})

it('no order is cancelled if the machine was suspended while the service read their traces', async () => {
  const sql = await openOverdue(1)
  let suspendedMs = 0
  const suspended = aheadOf(sql, () => suspendedMs)
  const suspending: Database = {
    ...suspended,
    query: async <Row>(text: string, values?: readonly unknown[]) => {
      const rows = await suspended.query<Row>(text, values)
      if (text.includes('order_event')) suspendedMs = 6_000
      return rows
    },
  }
  const { job, paused } = expiryOf(suspending, cancelIn(sql))
  await job.run(signal)
  expect([await countOverdue(sql), paused()]).toEqual([1, expect.stringMatching(/^this process was stopped/)])
})

it('a stop of the process is noticed when no order was overdue', async () => {
  const sql = await openOverdue(0)
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const stopped: Database = {
    ...sql,
    query: (text, values) => {
      if (text.includes('expires_at')) vi.advanceTimersByTime(25_000)
      return sql.query(text, values)
    },
  }
  const { job, paused } = expiryOf(stopped, cancelIn(sql))
  await job.run(signal)
  expect(paused()).toMatch(/^this process was stopped/)
})

it.each([6_000, 61_000])('orders expire late, but do expire, if Postgres always takes %i ms', async (answerMs) => {
  const sql = await openOverdue(1)
  await sql.query("update customer_order set expires_at = now() - interval '1 hour'")
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const slow: Database = {
    ...sql,
    query: async <Row>(text: string, values?: readonly unknown[]) => {
      const rows = await sql.query<Row>(text, values)
      if (text.includes('order_event')) vi.advanceTimersByTime(answerMs)
      return rows
    },
  }
  const { job } = expiryOf(slow, cancelIn(sql))
  let seconds = 0
  for (; seconds < 600 && (await countOverdue(sql)) > 0; seconds += 1) {
    await job.run(signal)
    vi.advanceTimersByTime(1_000)
  }
  expect(seconds).toBeGreaterThan(50) // EXPIRY_PAUSE_MAX is a minute
  expect(seconds).toBeLessThan(120)
})

it('the pause after a gap has the limit of all pauses', async () => {
  const sql = await openOverdue(1)
  await sql.query("update customer_order set expires_at = now() - interval '1 hour'")
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { job, paused } = expiryOf(sql, cancelIn(sql))
  for (let runs = 0; runs < 12; runs += 1) {
    vi.advanceTimersByTime(6_000)
    await job.run(signal)
    expect([await countOverdue(sql), paused()]).toEqual([1, expect.stringMatching(/^this process was stopped/)])
  }
  vi.advanceTimersByTime(6_000)
  await job.run(signal)
  expect(await countOverdue(sql)).toBe(0)
})

it('the limit starts again with each pause', async () => {
  const sql = await openOverdue(0)
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const disconnected = 'the broker is unavailable'
  let reason: string | null = disconnected
  const { job } = expiryOf(sql, cancelIn(sql), { catchingUp: () => reason })
  for (let second = 0; second < 60; second += 1) {
    vi.advanceTimersByTime(1_000)
    await job.run(signal)
  }
  reason = null
  await job.run(signal)
  await openOverdue(1)
  await sql.query("update customer_order set expires_at = now() - interval '2 minutes'")
  reason = disconnected
  await job.run(signal)
  expect(await countOverdue(sql)).toBe(1)
})

it.each([1, 90])(
  'a message that always waits for Postgres uses up the limit if others succeed each %i s',
  async (everyS) => {
    const sql = await openOverdue(1)
    await sql.query("update customer_order set expires_at = now() - interval '1 hour'")
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const availability = createPostgresAvailability({ signal, random: () => 0 })
    const cancel = vi.fn(cancelIn(sql))
    const { job } = expiryOf(sql, cancel, {
      catchingUp: () => 'Postgres was unavailable 0 s ago',
      waitsForPostgres: availability.isAwaited,
    })
    let second = 0
    for (; second < 20 * 90 && cancel.mock.calls.length === 0; second += 1) {
      if (second % everyS === 0) availability.recordSuccess()
      await availability.pause()
      vi.advanceTimersByTime(1_000)
      await job.run(signal)
    }
    expect(second).toBeGreaterThan(60)
    expect(await countOverdue(sql)).toBe(0)
  },
)
