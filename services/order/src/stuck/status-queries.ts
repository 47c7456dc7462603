/** Queries the status of the messages of stuck orders: in this service's database, and at the other services. */
import { shop } from '@quadrille/events'
import { type Context, findMessageStatus } from '@quadrille/service'
import type { Config } from '../config.ts'
import type { StatusQueries, StatusQuery } from './diagnose.ts'
import { queryPeer } from './query-peer.ts'

export const statusQueries = ({ config, database }: Context<Config>): StatusQueries => {
  const own: StatusQuery = async (orderIds) => {
    const items = await findMessageStatus(orderIds, {
      language: shop,
      sql: database,
      model: shop.services.order,
      openTasks: async () => [],
      handled: async () => new Map(), // not needed: an event that was handled is not missing
    })
    return new Map(items.map((item) => [item.subject, item]))
  }
  return {
    order: own,
    payment: (orderIds) => queryPeer('payment', config.PAYMENT_URL, orderIds),
    inventory: (orderIds) => queryPeer('inventory', config.INVENTORY_URL, orderIds),
  }
}
