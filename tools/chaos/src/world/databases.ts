/** A database for each service, owned by a role of its own, as in production. */
import type { Databases } from '@quadrille/audit'
import { createTestDatabase } from '@quadrille/testing'
import { query } from './query.ts'

export interface ServiceDatabases {
  /** Of the superuser, for those who look on. */
  readonly databases: Databases
  /** Of the roles that the services run as. */
  readonly asService: Databases
}

export const createDatabases = async (serverUrl: string): Promise<ServiceDatabases> => {
  const create = async (service: string) => {
    const { url } = await createTestDatabase(serverUrl)
    const role = roleOf(service)
    await query(serverUrl, `create role ${role} login password '${role}'`)
    const asService = new URL(url)
    await query(serverUrl, `alter database ${asService.pathname.slice(1)} owner to ${role}`)
    asService.username = role
    asService.password = role
    return { url, asService: asService.href }
  }
  const [order, payment, inventory, notification] = await Promise.all([
    create('order'),
    create('payment'),
    create('inventory'),
    create('notification'),
  ])
  return {
    databases: { order: order.url, payment: payment.url, inventory: inventory.url, notification: notification.url },
    asService: {
      order: order.asService,
      payment: payment.asService,
      inventory: inventory.asService,
      notification: notification.asService,
    },
  }
}

export const roleOf = (service: string): string => `quadrille_${service}`
