/** Locates the databases and the broker to audit. */
import { runningEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { mapRunningServices, runningServices, type ServiceName, serviceNames } from '@quadrille/events'
import { readConfig } from '@quadrille/service/plain-server'
import { z } from 'zod'
import type { Databases } from '../snapshots.ts'

export interface Locations {
  readonly databases: Databases
  /** Null if it is not given: the services may then share the in-process broker. */
  readonly amqpUrl: string | null
}

type Environment = Readonly<Record<string, string | undefined>>

/** The variable with the URL of the database of one service. */
export const databaseVariableOf = (service: ServiceName): string => `${service.toUpperCase()}_DATABASE_URL`

/** They may be files, because they contain passwords. */
const urlVariables = ['DATABASE_URL', 'AMQP_URL', ...serviceNames.map(databaseVariableOf)]
const urls = z.object(Object.fromEntries(urlVariables.map((name) => [name, z.string().optional()])))

/**
 * From environment variables and the files that they name, or from the folder of `npm start`. As there, a service that is `off` is left out.
 * @throws if the database of a service is found in neither, or a file can't be read.
 */
export const findLocations = (variables: Environment): Locations => {
  const env: Environment = { ...variables, ...readConfig(urls, variables) }
  const running = runningServices(env)
  const own = (service: ServiceName) => env[databaseVariableOf(service)]
  const server = running.every(own) ? '' : findServer(env)
  return {
    databases: mapRunningServices(running, (service) => own(service) || databaseOn(server, service)),
    amqpUrl: env['AMQP_URL'] || null,
  }
}

const findServer = (env: Environment): string => {
  const folder = env['DATA_DIR'] || '.quadrille'
  const server = env['DATABASE_URL'] || runningEmbeddedPostgres(folder)
  if (server) return server
  throw new Error(
    `No Quadrille is running in ${folder}. Run npm start, set DATA_DIR to the folder that it uses, or set the variables of the databases: --help lists them.`,
  )
}

/** Named as by `npm start`. */
const databaseOn = (server: string, service: ServiceName): string => {
  const url = new URL(server)
  url.pathname = `/quadrille_${service}`
  return url.href
}

/** For error texts, without passwords. */
export const describeLocations = ({ databases, amqpUrl }: Locations): string => {
  const places = Object.entries(databases).map(([service, url]) => `${service} at ${placeOf(url)}`)
  return [...places, ...(amqpUrl ? [`RabbitMQ at ${placeOf(amqpUrl)}`] : [])].join(', ')
}

const placeOf = (url: string): string => {
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}
