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
