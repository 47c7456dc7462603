/** Bugs in publishing, routing and acknowledging messages, and in the declarations at RabbitMQ. */
import { edit, type PlantedBug } from '../bug.ts'

export const messagingBugs: readonly PlantedBug[] = [
  {
    name: 'acknowledge although the dead letter is not stored',
    edits: [
      edit(
        'packages/messaging/src/amqp/retries/republisher.ts',
        'deadLetters.write(parked, signal).then(\n      () => true,\n      () => false,\n    )',
        'stores.deadLetters.add([parked]).then(\n      () => true,\n      () => true,\n    )',
      ),
    ],
    file: 'packages/messaging/test/amqp.int.test.ts',
    test: 'a message that is not stored is delivered again',
    failure: "expected [] to deeply equal [ 'm1' ]",
  },
  {
    name: 'publish without `mandatory`',
    edits: [edit('packages/messaging/src/amqp/publisher/publisher.ts', 'mandatory: true', 'mandatory: false')],
    file: 'packages/messaging/test/amqp.int.test.ts',
    test: 'returns a message without a bound queue to its publisher',
    failure: 'promise resolved "undefined" instead of rejecting',
  },
  {
    name: 'declare direct exchanges without their alternate exchange',
    edits: [
      edit(
        'packages/messaging/src/amqp/topology/declare.ts',
        "'direct', { durable: true, alternateExchange: unrouted }",
        "'direct', { durable: true }",
      ),
    ],
    file: 'packages/messaging/test/amqp-topology.int.test.ts',
    test: 'catches a message that returns from a retry queue to a missing queue',
    failure: 'expected false not to be false',
  },
  {
    name: 'publish to an exchange before the inboxes exist',
    edits: [
      edit(
        'packages/messaging/src/amqp/publisher/publisher.ts',
        'this.#missing = this.#options.topology.requiredInboxes[0] ?? null',
        'this.#missing = null',
      ),
      edit(
        'packages/messaging/src/amqp/publisher/publisher.ts',
        '      this.#missing = inbox\n',
        '      this.#missing = inbox && null\n',
      ),
    ],
    file: 'packages/messaging/test/amqp.int.test.ts',
    test: 'keeps events for an essential inbox that does not exist yet',
    failure: "expected [] to deeply equal [ 'm1', 'm2', 'm3' ]",
  },
  {
    name: 'bring a failed message back through the fanout',
    edits: [
      edit(
        'packages/messaging/src/amqp/topology/declare.ts',
        'options: retryQueue(direct, name, tier)',
        'options: retryQueue(exchanges[0] ?? direct, name, tier)',
      ),
    ],
    file: 'packages/messaging/test/amqp.int.test.ts',
    test: 'returns a failed message to the queue that failed and to no other',
    failure: 'to deeply equal [ +0, 1, 2 ]',
  },
  {
    name: 'acknowledge *multiple* past an unfinished tag',
    edits: [
      edit(
        'packages/messaging/src/amqp/consumer/tag-window.ts',
        'const [lowestUnfinished = Number.POSITIVE_INFINITY] = this.#unfinished',
        'const lowestUnfinished = Number.POSITIVE_INFINITY',
      ),
    ],
    file: 'packages/messaging/test/amqp.int.test.ts',
    test: 'redelivers exactly the unsettled messages of a crashed consumer',
    failure: "expected [ 'm10' ] to deeply equal",
  },
  {
    name: 'route an event to the first queue that lists its type',
    edits: [
      edit(
        'packages/messaging/src/in-process/routes.ts',
        'fanout.byType.get(type) ?? fanout.queues',
        'fanout.byType.get(type)?.slice(0, 1) ?? fanout.queues',
      ),
    ],
    file: 'packages/messaging/test/in-process.int.test.ts',
    test: 'an inbox gets the events that its service consumes, and those of types that no service consumes',
    failure: "expected [ [ 'Lent', 'Lost', 'Unknown' ], …(1) ] to deeply equal",
  },
  {
    name: 'declare a binding marker before the binding',
    edits: [
      edit(
        'packages/messaging/src/amqp/topology/declare.ts',
        "  await channel.bindQueue(queue, exchange, '')\n  await channel.assertExchange(bindingMarkerOf(queue, exchange), 'fanout', { durable: true, internal: true })\n",
        "  await channel.assertExchange(bindingMarkerOf(queue, exchange), 'fanout', { durable: true, internal: true })\n  await channel.bindQueue(queue, exchange, '')\n",
      ),
    ],
    file: 'packages/messaging/test/amqp-outage.int.test.ts',
    test: 'no binding is marked before it exists',
    failure: 'cut after',
    fullSize: true,
  },
]
