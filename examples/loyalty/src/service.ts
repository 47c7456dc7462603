/** A loyalty programme: a point for each whole unit of money that a customer has spent. */
import { minorDigitsOf, shop } from '@quadrille/events'
import type { ServiceModel } from '@quadrille/messages'
import { defineService, nothing, stateTable } from '@quadrille/service'
import { getPoints } from './http/get-points.ts'

const model = {
  name: 'loyalty',
  essential: false, // publishers do not wait for its inbox; beyond 100,000 waiting messages, the oldest are dropped
  publishes: [],
  consumes: ['OrderFulfilled'],
  internal: [],
  work: null,
} as const satisfies ServiceModel

interface Points {
  readonly customerId: string
  readonly points: number
}

export const loyalty = defineService({
  language: shop,
  model,
  migrations: new URL('../migrations/', import.meta.url),
  tables: stateTable<Points>('points', 'order_id'),
  reactions: {
    OrderFulfilled: (before, { data: { customer, currency, total } }) => {
      if (before) return nothing // handled before
      return { state: { customerId: customer.id, points: Math.floor(total / 10 ** minorDigitsOf(currency)) } }
    },
  },
  wire: ({ database }) => ({ routes: [getPoints(database)] }),
})
