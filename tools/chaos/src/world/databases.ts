/** A database for each service, owned by a separate role, as in production. */
import { type ByService, mapServices, mapServicesAsync } from '@quadrille/events'
import { createTestDatabase } from '@quadrille/testing'
import { query } from './query.ts'

export interface ServiceDatabases {
  /** URLs with the superuser, for observation. */
  readonly databases: ByService<string>
  /** URLs with the roles of the services. */
  readonly asService: ByService<string>
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
  const created = await mapServicesAsync(create)
  return {
    databases: mapServices((service) => created[service].url),
    asService: mapServices((service) => created[service].asService),
  }
}

export const roleOf = (service: string): string => `quadrille_${service}`
