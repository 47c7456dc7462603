/** RabbitMQ's definitions: a user for each service, and the objects that belong to no service. */
import { createHash, randomBytes } from 'node:crypto'
import type { Choreography } from '@quadrille/messages'
import { type QueueTopology, type ServiceTopology, topologyOf } from '../../topology.ts'
import { bindingMarkerOf, queueNamesOf, unrouted } from '../topology/names.ts'
import { unroutedQueue } from '../topology/queue-arguments.ts'
import { anyOf, permissionsOf } from './permissions.ts'

export interface Account {
  readonly user: string
  readonly password: string
}

export interface DefinitionsOptions {
  readonly services: Choreography
  /** Default `/`. */
  readonly vhost?: string
  /** The user of a service. */
  readonly accountOf: (service: string) => Account
  /** A user with all permissions and access to the management UI. Default: none. */
  readonly operator?: Account
  /** A user that may ask for the depth of each queue, and publish to `unrouted`. Default: none. */
  readonly observer?: Account
  /** The four bytes of salt for a user's password hash. Default: random. Equal salts give equal definitions. */
  readonly saltFor?: (user: string) => Buffer
}

const saltBytes = 4

/**
 * For all instances of a service together: enough for 50 of them, and too few to harm the broker or other services
 * (https://www.rabbitmq.com/docs/user-limits).
 */
const serviceLimits = { 'max-connections': 100, 'max-channels': 1_000 }

/** Its readers have one connection each. */
const observerLimits = { 'max-connections': 10, 'max-channels': 100 }

/**
 * All queues of the virtual host. Each needs memory, and the names that a service may declare have no end. Fifty instances of each
 * of five services need 600 (https://www.rabbitmq.com/docs/vhosts#limits).
 */
const vhostLimits = { 'max-queues': 1_000 }

/**
 * A passive declaration, whose answer has the depth of a queue, needs any permission on it. With `write` alone the observer can neither
 * bind nor read a queue. No exchange has the name of a queue but `unrouted`, to which it may publish.
 */
const observerPermissions = (topologies: readonly ServiceTopology[]) => ({
  configure: '^$',
  write: anyOf([...topologies.flatMap(queueNamesOf), unrouted]),
  read: '^$',
})

/**
 * For `load_definitions`, or for `POST /api/definitions`. Each service declares the rest itself, and its user can do
 * nothing else (`permissionsOf`). The exchanges of events, questions and answers are included so that services start in any order, because a
 * service may not declare the exchange of another. https://www.rabbitmq.com/docs/definitions
 */
export const definitionsOf = ({
  services,
  vhost = '/',
  accountOf,
  operator,
  observer,
  saltFor = () => randomBytes(saltBytes),
}: DefinitionsOptions): object => {
  const topologies = Object.values(services).map((service) => topologyOf(service, services))
  const userOf = ({ user, password }: Account, tags: string) => ({
    name: user,
    password_hash: hashOf(password, saltFor(user)),
    hashing_algorithm: 'rabbit_password_hashing_sha256',
    tags,
  })
  const common = { vhost, durable: true, auto_delete: false }
  const exchange = (name: string, { type = 'fanout', internal = false } = {}) => ({
    ...common,
    name,
    type,
    internal,
    arguments: {},
  })
  const answered = topologies.flatMap(({ answering }) => answering ?? [])
  return {
    vhosts: [{ name: vhost }],
    users: [
      ...topologies.map(({ service }) => ({ ...userOf(accountOf(service), ''), limits: serviceLimits })),
      ...(operator ? [userOf(operator, 'administrator')] : []),
      ...(observer ? [{ ...userOf(observer, ''), limits: observerLimits }] : []),
    ],
    permissions: [
      ...topologies.map((topology) => ({ user: accountOf(topology.service).user, vhost, ...permissionsOf(topology) })),
      ...(operator ? [{ user: operator.user, vhost, configure: '.*', write: '.*', read: '.*' }] : []),
      ...(observer ? [{ user: observer.user, vhost, ...observerPermissions(topologies) }] : []),
    ],
    parameters: [{ vhost, component: 'vhost-limits', name: 'limits', value: vhostLimits }],
    policies: policiesOf(topologies, vhost),
    exchanges: [
      ...topologies.map(({ events }) => exchange(events)),
      exchange(unrouted),
      exchange(bindingMarkerOf(unrouted, unrouted), { internal: true }),
      ...answered.flatMap(({ questionsExchange, answersExchange }) =>
        [questionsExchange, answersExchange].map((name) => exchange(name, { type: 'direct' })),
      ),
    ],
    queues: [{ ...common, name: unrouted, arguments: unroutedQueue.arguments }],
    bindings: [
      { source: unrouted, vhost, destination: unrouted, destination_type: 'queue', routing_key: '', arguments: {} },
    ],
  }
}

/** Above that of a policy for all queues, whose priority is usually 0 or 1. */
const priority = 10

const policiesOf = (topologies: readonly ServiceTopology[], vhost: string): object[] => {
  const policy = (name: string, queues: readonly string[], definition: object) => ({
    vhost,
    name,
    pattern: anyOf(queues),
    'apply-to': 'queues',
    priority, // RabbitMQ applies one policy to a queue, that with the highest priority
    definition,
  })
  const essential = topologies.filter((topology) => topology.essential)
  const capped = topologies.filter((topology) => !topology.essential)
  const deadLetterQueues = essential.map(({ deadLetterQueue }) => deadLetterQueue)
  const cappedQueues = capped.flatMap(({ queues, deadLetterQueue }) => [...queues.map(nameOf), deadLetterQueue])
  const questions = topologies.flatMap(({ answering }) => answering?.queue ?? [])
  return [
    policy('last-resort', deadLetterQueues, lastResort),
    policy('limited', [unrouted, ...cappedQueues], limitedBytes),
    ...(questions.length > 0 ? [policy('limited-questions', questions, limitedQuestionBytes)] : []),
  ]
}

const nameOf = ({ name }: QueueTopology): string => name

/**
 * A message that crashes the client or the process even when it comes from the dead-letter queue ends in `unrouted`.
 * Otherwise it would close the connection again and again. Not for the capped dead-letter queues of non-essential
 * services: RabbitMQ would also dead-letter the messages that they drop at their limit, and `unrouted` would fill up
 * and refuse those of all other services. The limit is lower than that of an inbox, because deliveries of other messages
 * are not counted with it: only one is delivered at a time. It is also RabbitMQ 4's default.
 */
const lastResort = {
  'delivery-limit': 20,
  'dead-letter-exchange': unrouted,
  'dead-letter-strategy': 'at-least-once',
  overflow: 'reject-publish',
}

/**
 * For queues whose arguments limit only the number of messages, which may be large. As a policy, because the arguments of an
 * existing queue can't change.
 */
const limitedBytes = { 'max-length-bytes': 2 ** 30 }
const limitedQuestionBytes = { 'max-length-bytes': 2 ** 26 }

/** https://www.rabbitmq.com/docs/passwords#this-is-the-algorithm */
const hashOf = (password: string, salt: Buffer): string =>
  Buffer.concat([salt, createHash('sha256').update(salt).update(password).digest()]).toString('base64')
