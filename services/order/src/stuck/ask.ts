/** The sources of answers about stuck orders: our own database, and the other services. */
import { shop } from '@quadrille/events'
import { type Context, findMessageStatus } from '@quadrille/service'
import type { Config } from '../config.ts'
import type { Ask, AskServices } from './diagnose.ts'
import { askPeer } from './peers.ts'

export const askServices = ({ config, database }: Context<Config>): AskServices => {
  const own: Ask = async (orderIds) => {
    const items = await findMessageStatus(orderIds, {
      language: shop,
      sql: database,
      model: shop.services.order,
      openTasks: async () => [],
      handled: async () => new Map(), // an event that has arrived is no longer missing
    })
    return new Map(items.map((item) => [item.subject, item]))
  }
  return {
    order: own,
    payment: (orderIds) => askPeer('payment', config.PAYMENT_URL, orderIds),
    inventory: (orderIds) => askPeer('inventory', config.INVENTORY_URL, orderIds),
  }
}
