import { ofService } from '@quadrille/audit'
import type { ServiceName } from '@quadrille/events'
import { type Database, openDatabase } from '@quadrille/postgres'

export interface SourceOptions {
  readonly service: ServiceName
  /** The maximum number of connections. */
  readonly connections: number
}

/** Opens the database of a service. The errors of its statements name the service. */
export const openSource = (url: string, { service, connections }: SourceOptions): Database => {
  const onIdleError = () => undefined // the next statement connects again
  const database = openDatabase({ url, applicationName: 'quadrille-reconcile', max: connections, onIdleError })
  const query: Database['query'] = (text, values) =>
    database.query<never>(text, values).catch((error) => {
      throw ofService(service, error)
    })
  return { ...database, query }
}
