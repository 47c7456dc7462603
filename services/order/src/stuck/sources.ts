/** The sources of a diagnosis: this service's database, and the other services. */
import { shop } from '@quadrille/events'
import { type Context, findWhereabouts } from '@quadrille/service'
import type { Config } from '../config.ts'
import { findEventTimes } from '../db/history-table.ts'
import { readUndamaged } from '../db/read-undamaged.ts'
import type { Sources, StatusQuery } from './diagnose.ts'
import { queryPeer } from './query-peer.ts'

export const diagnosisSources = (context: Context<Config>): Sources => {
  const { config, database } = context

  const findOwn = async (orderIds: readonly string[]) => {
    const items = await findWhereabouts(orderIds, {
      language: shop,
      sql: database,
      model: shop.services.order,
      findOpenTasks: async () => [],
      findHandledEvents: async () => new Map(), // not needed: an event that was handled is not missing
    })
    return new Map(items.map((item) => [item.subject, item]))
  }

  const own: StatusQuery = async (orderIds) => {
    const warning = 'the messages of some orders cannot be read; their diagnoses lack them'
    const found = await readUndamaged(context, orderIds, { find: findOwn, warning })
    return new Map(orderIds.map((id) => [id, found.get(id) ?? { unknown: 'a row about its messages cannot be read' }]))
  }

  return {
    eventTimes: (orderIds, types) =>
      readUndamaged(context, orderIds, {
        find: (ids) => findEventTimes(database, ids, types),
        warning: 'the histories of some orders cannot be read; their diagnoses lack the time of the last event',
      }),
    queries: {
      order: own,
      payment: (orderIds) => queryPeer('payment', config.PAYMENT_URL, orderIds),
      inventory: (orderIds) => queryPeer('inventory', config.INVENTORY_URL, orderIds),
    },
  }
}
