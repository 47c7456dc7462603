import { Registry } from 'prom-client'
import { expect, it, onTestFinished, vi } from 'vitest'
import { checkLines } from '../src/http/check-lines.ts'

it('the log has the number of orders without a check since its last line, and the metric has their total', async () => {
  vi.useFakeTimers()
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const warn = vi.fn()
  const registry = new Registry()
  const { acceptedUnchecked } = checkLines(
    { config: { ORDER_CHECK: 'catalog' }, registry, log: { warn } },
    { ask: async () => null, isKnown: () => false },
  )
  for (let count = 0; count < 3; count += 1) acceptedUnchecked()
  await vi.advanceTimersByTimeAsync(1_000)
  acceptedUnchecked()
  await vi.advanceTimersByTimeAsync(1_000)
  acceptedUnchecked()
  const logged = warn.mock.calls.map(([fields]) => fields)
  expect(logged).toEqual([{ uncheckedOrders: 1 }, { uncheckedOrders: 3 }, { uncheckedOrders: 1 }])
  expect(await registry.metrics()).toContain('quadrille_orders_unchecked_total 5\n')
})
