/** The permissions of a service's user on RabbitMQ: exactly those that the choreography requires. */
import type { ServiceTopology } from '../../topology.ts'
import {
  answerQueueOf,
  bindingMarkerOf,
  ownerExchangeOf,
  ownerNameOf,
  queueNamesOf,
  unrouted,
} from '../topology/names.ts'

/** Regular expressions for names of exchanges and queues, in RabbitMQ's form. */
export interface Permissions {
  readonly configure: string
  readonly write: string
  readonly read: string
}

/**
 * A service may declare its own objects, publish only to its own exchanges, consume only its own queues, and bind them
 * to the exchanges of the events that it consumes. It may write to `unrouted`, the alternate exchange of its direct
 * exchange, but not read from it. It may not declare shared objects: the definitions contain them. It has a permission on all that it
 * looks for, except for the inboxes of other services.
 * https://www.rabbitmq.com/docs/access-control#authorisation
 */
export const permissionsOf = (topology: ServiceTopology): Permissions => {
  const { service, events, direct, fanout, queues, requiredInboxes, answering, asking = [] } = topology
  const inner = [direct, ...(fanout === null ? [] : [fanout])]
  const own = queueNamesOf(topology)
  const sources = queues.flatMap(({ exchanges }) => exchanges)
  const markers = queues.flatMap(({ name, exchanges }) => exchanges.map((exchange) => bindingMarkerOf(name, exchange)))
  const lookedFor = [
    bindingMarkerOf(unrouted, unrouted),
    ...requiredInboxes.map((inbox) => bindingMarkerOf(inbox, events)),
  ] // to ask whether these exist: they carry no messages
  const owner = { exchange: ownerExchangeOf(service), queue: ownerNameOf(service, anyUuid) }
  const toAnswer = answering
    ? {
        declared: [answering.questionsExchange, answering.queue, answering.answersExchange],
        written: [answering.queue, answering.answersExchange], // to bind the queue, and to answer
        read: [answering.questionsExchange, answering.queue], // to bind the queue, and to consume it
      }
    : { declared: [], written: [], read: [] }
  const answerQueues = asking.length > 0 ? [answerQueueOf(service, anyUuid)] : []
  return {
    configure: anyOf([
      events,
      owner.exchange,
      owner.queue,
      ...inner,
      ...own,
      ...markers,
      ...toAnswer.declared,
      ...answerQueues,
    ]),
    write: anyOf([
      events,
      owner.queue,
      ownerNameOf(service, anyDatabase), // to name the owner
      ...inner,
      ...own,
      unrouted,
      ...toAnswer.written,
      ...asking.map(({ questionsExchange }) => questionsExchange),
      ...answerQueues,
    ]),
    read: anyOf([
      owner.exchange,
      ...inner,
      ...own,
      ...sources,
      ...lookedFor,
      ...toAnswer.read,
      ...asking.map(({ answersExchange }) => answersExchange),
      ...answerQueues,
    ]),
  }
}

/** Stands for a UUID: the id of an instance or of a connection. */
const anyUuid = '*'
/** Stands for the name of a database. */
const anyDatabase = '#'

const patterns: Readonly<Record<string, string>> = {
  '.': String.raw`\.`,
  [anyUuid]: '[0-9a-f-]{36}',
  [anyDatabase]: String.raw`[0-9]+\..+`,
}

/** The regular expression for these names, in which `*` stands for a UUID, and `#` for the name of a database. */
export const anyOf = (names: readonly string[]): string =>
  `^(${[...new Set(names)].map((name) => name.replaceAll(/[.*#]/g, (part) => patterns[part] ?? part)).join('|')})$`
