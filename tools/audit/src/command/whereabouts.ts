/** Where that is which is to be audited. */
import { runningEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { type Databases, type Service, services } from '../snapshots.ts'

export interface Whereabouts {
  readonly databases: Databases
  /** Null where the services share the in-process broker. */
  readonly amqpUrl: string | null
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * By the variables of the environment, or by the folder in which `npm start` runs.
 * @throws where neither leads to the databases of all services.
 */
export const findWhereabouts = (env: Environment): Whereabouts => {
  const own = Object.fromEntries(services.map((service) => [service, env[`${service.toUpperCase()}_DATABASE_URL`]]))
  const server = services.every((service) => own[service]) ? '' : findServer(env)
  const urlOf = (service: Service) => own[service] || databaseOn(server, service)
  return {
    databases: {
      order: urlOf('order'),
      payment: urlOf('payment'),
      inventory: urlOf('inventory'),
      notification: urlOf('notification'),
    },
    amqpUrl: env['AMQP_URL'] || null,
  }
}

const findServer = (env: Environment): string => {
  const folder = env['DATA_DIR'] || '.quadrille'
  const server = env['DATABASE_URL'] || runningEmbeddedPostgres(folder)
  if (server) return server
  throw new Error(
    `Nothing runs in ${folder}. Run npm start there, or say where the databases are: --help lists the variables.`,
  )
}

/** As `npm start` calls them. */
const databaseOn = (server: string, service: Service): string => {
  const url = new URL(server)
  url.pathname = `/quadrille_${service}`
  return url.href
}

/** For people, without passwords. */
export const describeWhereabouts = ({ databases, amqpUrl }: Whereabouts): string => {
  const places = services.map((service) => `${service} at ${placeOf(databases[service])}`)
  return [...places, ...(amqpUrl ? [`RabbitMQ at ${placeOf(amqpUrl)}`] : [])].join(', ')
}

const placeOf = (url: string): string => {
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}
