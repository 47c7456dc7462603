import { expect, inject, it } from 'vitest'
import { runExamples } from '../patterns/exchanges/run.ts'

it('each exchange routes as its example shows', async () => {
  const results = await runExamples(inject('rabbitmqUrl'))
  expect(results).toEqual({
    fanout: { 'payment.inbox': ['OrderPlaced 1'], 'inventory.inbox': ['OrderPlaced 1'] },
    direct: { 'payment.inbox': [], 'payment.tasks': ['charge order 1'] },
    alternate: { unrouted: ['kept'] },
    topic: {
      'everything about orders': ['order.eu.paid', 'order.us.cancelled'],
      'cancellations in Europe': [],
      'all that is paid': ['order.eu.paid'],
    },
    headers: { 'urgent gifts': ['order 1'], 'urgent or gifts': ['order 1', 'order 2'] },
    default: { hello: ['the same as sendToQueue'] },
    'direct reply-to': { requester: ['3 mugs'] },
    'default, priority queue': { 'support.tasks': ['complaint', 'question 1', 'question 2'] },
  })
})
