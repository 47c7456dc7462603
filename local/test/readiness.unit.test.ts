import { expect, test } from 'vitest'
import { untilReady } from '../src/readiness.ts'

test('readiness is polled at the given interval, until all services are ready', async () => {
  const askedAtMs: number[] = []
  const unready = async () => {
    askedAtMs.push(performance.now())
    return new Map(
      askedAtMs.length < 3 ? [['order', { reason: 'waiting for RabbitMQ', acceptsRequests: true }] as const] : [],
    )
  }
  const options = { withinMs: Number.POSITIVE_INFINITY, everyMs: 300, signal: new AbortController().signal }
  expect((await untilReady({ unready }, options)).size).toBe(0)
  const [first = 0, , third = 0] = askedAtMs
  expect(third - first).toBeGreaterThan(550)
})

test('a stop ends the wait with an error, so that no text says that the shop is ready', async () => {
  const stopping = new AbortController()
  const options = { withinMs: Number.POSITIVE_INFINITY, everyMs: 1, signal: stopping.signal }
  const waiting = untilReady(
    {
      unready: async () => {
        stopping.abort()
        return new Map()
      },
    },
    options,
  )
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
})
