/** The time that the order service waits for inventory, when no test sets another. */
import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { config } from '../src/config.ts'
import { order } from '../src/service.ts'

it('is 150 ms', async () => {
  const timeouts: number[] = []
  const ask = async (_question: unknown, _asked: unknown, { timeoutMs }: { timeoutMs: number }) => {
    timeouts.push(timeoutMs)
    return null
  }
  const context = {
    config: config.parse({}),
    registry: new Registry(),
    gauge: () => undefined,
    ask,
    afterCommit: () => undefined,
  }
  const { routes = [] } = order.wire?.(context as unknown as Parameters<typeof order.wire>[0]) ?? {}
  const availability = routes.find(({ operationId }) => operationId === 'getAvailability')
  const request = {
    ...{ params: {}, query: { sku: ['mug'] }, body: undefined, headers: {}, mediaType: 'application/json' },
    ...{ remoteAddress: '', trace: {} },
  }
  await expect(availability?.handle(request)).rejects.toThrow('did not answer in time')
  expect(timeouts).toEqual([150])
})
