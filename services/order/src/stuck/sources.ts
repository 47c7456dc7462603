/** The sources of a diagnosis: this service's database, and the other services. */
import { shop } from '@quadrille/events'
import { type Context, findWhereabouts, shownWhereabouts } from '@quadrille/service'
import type { Config } from '../config.ts'
import { findEventTimes } from '../db/history-table.ts'
import type { Sources, StatusQuery } from './diagnose.ts'
import { queryPeer } from './query-peer.ts'

export const diagnosisSources = ({ config, database }: Context<Config>): Sources => {
  const own: StatusQuery = async (orderIds) => {
    const items = await findWhereabouts(orderIds, {
      language: shop,
      sql: database,
      model: shop.services.order,
      findOpenTasks: async () => [],
      findHandledEvents: async () => new Map(), // not needed: an event that was handled is not missing
    })
    return new Map(items.map((item) => [item.subject, shownWhereabouts(item)]))
  }
  return {
    eventTimes: (orderIds, types) => findEventTimes(database, orderIds, types),
    queries: {
      order: own,
      payment: (orderIds) => queryPeer('payment', config.PAYMENT_URL, orderIds),
      inventory: (orderIds) => queryPeer('inventory', config.INVENTORY_URL, orderIds),
    },
  }
}
