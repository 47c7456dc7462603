import type { ServiceName } from '@quadrille/events'
import type { RunningService } from '@quadrille/service'
import { expect, test } from 'vitest'
import { createServiceSet } from '../src/service-set.ts'

const setOf = ({ startable = true, beforeStart = Promise.resolve() } = {}) => {
  const happened: string[] = []
  const service = (name: string, port: number): RunningService => ({
    name,
    url: `http://127.0.0.1:${port}`,
    adminUrl: '',
    readiness: () => expect.unreachable(),
    leave: () => expect.unreachable(),
    stop: async () => {
      happened.push(`${name} stops`)
      await Promise.resolve()
      happened.push(`${name} has stopped`)
    },
  })
  const start = async (name: ServiceName, port: number) => {
    if (!startable) throw new Error('The port is in use.')
    happened.push(`${name} starts at ${port}`)
    await beforeStart
    return service(name, port)
  }
  return { happened, set: createServiceSet([service('order', 80), service('payment', 3_001)], start) }
}

test('a service is stopped once, and starts again at its former port', async () => {
  const { happened, set } = setOf()
  await Promise.all([set.stopOne('payment'), set.stopOne('payment')])
  expect(set.isRunning('payment')).toBe(false)
  expect(set.running().map(({ name }) => name)).toEqual(['order'])
  await Promise.all([set.startOne('payment'), set.startOne('payment')])
  expect(set.isRunning('payment')).toBe(true)
  expect(happened).toEqual(['payment stops', 'payment has stopped', 'payment starts at 3001'])
})

test('a service at port 80, which its URL leaves out, starts there again', async () => {
  const { happened, set } = setOf()
  await set.stopOne('order')
  await set.startOne('order')
  expect(happened.at(-1)).toBe('order starts at 80')
})

test('a start waits until the stop has ended', async () => {
  const { happened, set } = setOf()
  await Promise.all([set.stopOne('payment'), set.startOne('payment')])
  expect(happened).toEqual(['payment stops', 'payment has stopped', 'payment starts at 3001'])
})

test('a service that can’t be started stays stopped, and the others go on', async () => {
  const { set } = setOf({ startable: false })
  await set.stopOne('payment')
  await expect(set.startOne('payment')).rejects.toThrow('The port is in use.')
  expect(set.isRunning('payment')).toBe(false)
  await set.stop()
})

test('the stop of all waits for a running start, and none starts after it', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { happened, set } = setOf({ beforeStart: promise })
  await set.stopOne('payment')
  const starting = set.startOne('payment')
  await expect.poll(() => happened).toContain('payment starts at 3001')
  const stopping = set.stop()
  resolve()
  await Promise.all([starting, stopping])
  expect(happened.filter((line) => line === 'payment has stopped')).toHaveLength(2)
  await expect(set.startOne('payment')).rejects.toThrow('The shop is stopping.')
})
