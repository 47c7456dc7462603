import { expect, it } from 'vitest'
import { checkWorkQueues } from '../../src/runtime/check-work-queues.ts'

const work = { 'carrier.tasks': { tasks: {} } }

it('accepts tasks for exactly the queues that are served', () => {
  expect(() => checkWorkQueues({ work }, ['carrier.tasks'])).not.toThrow()
  expect(() => checkWorkQueues({}, [])).not.toThrow()
})

it('reports each queue without tasks, and tasks without their queue', () => {
  expect(() => checkWorkQueues({ work }, ['carrier.parcels'])).toThrow(
    'There are tasks for carrier.tasks, but the configuration does not serve this queue. ' +
      'Return it from workQueues, or leave it out of work.\n' +
      'There are no tasks for carrier.parcels, but the configuration serves this queue. Add it to work in wire.',
  )
})

it('reports limits with which no task could start', () => {
  const limited = (limits: { concurrency?: number; rate?: number }) => () =>
    checkWorkQueues({ work: { 'carrier.tasks': { tasks: {}, ...limits } } }, ['carrier.tasks'])
  expect(limited({ concurrency: 0 })).toThrow(
    'The concurrency of carrier.tasks is 0. Set it to 1 or more, or leave it out.',
  )
  expect(limited({ rate: 0 })).toThrow(
    'The rate of carrier.tasks is 0. Set it to a finite number above 0, or leave it out.',
  )
  expect(limited({ concurrency: Number.NaN, rate: Number.NaN })).toThrow('is NaN')
  expect(limited({ rate: Number.POSITIVE_INFINITY })).toThrow('is Infinity')
  expect(limited({ concurrency: Number.POSITIVE_INFINITY, rate: 0.5 })).not.toThrow()
})
