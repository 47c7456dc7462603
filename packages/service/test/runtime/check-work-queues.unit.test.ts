import { expect, it } from 'vitest'
import { checkWorkQueues } from '../../src/runtime/check-work-queues.ts'

const work = { 'carrier.tasks': {} }

it('accepts tasks for exactly the queues that are served', () => {
  expect(() => checkWorkQueues({ work }, ['carrier.tasks'])).not.toThrow()
  expect(() => checkWorkQueues({}, [])).not.toThrow()
})

it('reports each queue without tasks, and tasks without their queue', () => {
  expect(() => checkWorkQueues({ work }, ['carrier.parcels'])).toThrow(
    'There are tasks for carrier.tasks, a queue which the configuration does not serve.\n' +
      'There are no tasks for carrier.parcels, a queue which the configuration serves.',
  )
})
