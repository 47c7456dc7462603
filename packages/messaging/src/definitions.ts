/** What RabbitMQ loads at its start: a user for each service, and what belongs to none of them. */
import { createHash } from 'node:crypto'
import { type Choreography, choreography } from '@quadrille/events'
import { unroutedQueue } from './amqp/queue-arguments.ts'
import { permissionsOf } from './permissions.ts'
import { bindingMarkerOf, topologyOf, unrouted } from './topology.ts'

export interface Account {
  readonly user: string
  readonly password: string
}

export interface DefinitionsOptions {
  /** Default `/`. */
  readonly vhost?: string
  /** The user that a service logs in as. */
  readonly accountOf: (service: string) => Account
  /** Default: that of Quadrille. */
  readonly model?: Choreography
}

/**
 * For `load_definitions`, or for `POST /api/definitions`. Each service declares the rest itself, and its user can do nothing
 * else (`permissionsOf`). The event exchanges are here so that services start in any order: none may declare that of another.
 * https://www.rabbitmq.com/docs/definitions
 */
export const definitionsOf = ({ vhost = '/', accountOf, model = choreography }: DefinitionsOptions): object => {
  const topologies = Object.values(model).map((service) => topologyOf(service, model))
  const common = { vhost, durable: true, auto_delete: false }
  const exchange = (name: string, internal = false) => ({ ...common, name, type: 'fanout', internal, arguments: {} })
  return {
    vhosts: [{ name: vhost }],
    users: topologies.map(({ service }) => ({
      name: accountOf(service).user,
      password_hash: hashOf(accountOf(service)),
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: '',
    })),
    permissions: topologies.map((topology) => ({
      user: accountOf(topology.service).user,
      vhost,
      ...permissionsOf(topology),
    })),
    exchanges: [
      ...topologies.map(({ events }) => exchange(events)),
      exchange(unrouted),
      exchange(bindingMarkerOf(unrouted, unrouted), true),
    ],
    queues: [{ ...common, name: unrouted, arguments: unroutedQueue.arguments }],
    bindings: [
      { source: unrouted, vhost, destination: unrouted, destination_type: 'queue', routing_key: '', arguments: {} },
    ],
  }
}

/** How many bytes of salt RabbitMQ takes. */
const saltBytes = 4

/** The salt follows from the user, so that the same passwords make the same file. https://www.rabbitmq.com/docs/passwords */
const hashOf = ({ user, password }: Account): string => {
  const salt = createHash('sha256').update(user).digest().subarray(0, saltBytes)
  const hash = createHash('sha256').update(salt).update(password).digest()
  return Buffer.concat([salt, hash]).toString('base64')
}
