/** What a service's user may do on RabbitMQ: exactly what the choreography gives the service. */
import {
  bindingMarkerOf,
  optionalQueuesOf,
  queueNamesOf,
  retirementLockOf,
  type ServiceTopology,
  unrouted,
} from './topology.ts'

/** Regular expressions of names of exchanges and queues, as RabbitMQ takes them. */
export interface Permissions {
  readonly configure: string
  readonly write: string
  readonly read: string
}

/**
 * It declares what it owns; publishes to its own exchanges alone; consumes its own queues alone, and may bind them to the exchanges
 * that it listens to. To `unrouted` it may give away, as the alternate of its direct exchange, and not look into it.
 * What is nobody's own must exist: the definitions have it. https://www.rabbitmq.com/docs/access-control#authorisation
 */
export const permissionsOf = (topology: ServiceTopology): Permissions => {
  const { service, events, direct, fanout, queues } = topology
  const inner = [direct, ...(fanout === null ? [] : [fanout])]
  const own = queueNamesOf(topology)
  const sources = queues.flatMap(({ exchanges }) => exchanges)
  const markers = queues.flatMap(({ name, exchanges }) => exchanges.map((exchange) => bindingMarkerOf(name, exchange)))
  const lock = optionalQueuesOf(topology).length > 0 ? [retirementLockOf(service)] : []
  return {
    configure: anyOf([events, ...inner, ...own, ...markers, ...lock]),
    write: anyOf([events, ...inner, ...own, unrouted]),
    read: anyOf([...inner, ...own, ...sources]),
  }
}

/** The regular expression of these names. */
export const anyOf = (names: readonly string[]): string =>
  `^(${[...new Set(names)].map((name) => name.replaceAll('.', String.raw`\.`)).join('|')})$`
