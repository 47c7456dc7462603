/** Bugs in how messages travel. */
import { edit, type PlantedBug } from '../bug.ts'

export const messagingBugs: readonly PlantedBug[] = [
  {
    name: 'acknowledge although the dead letter is not stored',
    edits: [
      edit(
        'packages/messaging/src/amqp/copying.ts',
        '      () => true,\n      () => false,\n',
        '      () => true,\n      () => true,\n',
      ),
      edit(
        'packages/messaging/src/amqp/copying.ts',
        "    onError: (error) => onError(error, 'park'),\n",
        "    onError: (error) => {\n      onError(error, 'park')\n      void letters.close()\n    },\n",
      ),
    ],
    check: { project: 'int', file: 'packages/messaging/test/amqp.int', test: 'parking' },
  },
  {
    name: 'publish without `mandatory`',
    edits: [edit('packages/messaging/src/amqp/publisher.ts', 'mandatory: true', 'mandatory: false')],
    check: { project: 'int', file: 'packages/messaging/test/amqp.int', test: 'routing' },
  },
  {
    name: 'declare direct exchanges without their alternate exchange',
    edits: [
      edit(
        'packages/messaging/src/amqp/declare.ts',
        "'direct', { durable: true, alternateExchange: unrouted }",
        "'direct', { durable: true }",
      ),
    ],
    check: { project: 'int', file: 'packages/messaging/test/amqp-topology' },
  },
  {
    name: 'publish to an exchange before the inboxes exist',
    edits: [
      edit(
        'packages/messaging/src/amqp/publisher.ts',
        'this.#missing = this.#options.topology.awaits[0] ?? null',
        'this.#missing = null',
      ),
      edit(
        'packages/messaging/src/amqp/publisher.ts',
        '      this.#missing = inbox\n',
        '      this.#missing = inbox && null\n',
      ),
    ],
    check: { project: 'int', file: 'packages/messaging/test/amqp-start' },
  },
  {
    name: 'bring a failed message back through the fanout',
    edits: [
      edit(
        'packages/messaging/src/amqp/queue-arguments.ts',
        "...deadLetteringTo(direct, queue), 'x-message-ttl'",
        "...deadLetteringTo(direct.replace(/direct$/, 'events'), queue), 'x-message-ttl'",
      ),
    ],
    check: { project: 'int', file: 'packages/messaging/test/amqp.int', test: 'brings a failed message back' },
  },
  {
    name: 'acknowledge *multiple* past an unfinished tag',
    edits: [
      edit(
        'packages/messaging/src/amqp/tag-window.ts',
        'return { upTo, singly: [...finished] }',
        'return { upTo: Math.max(upTo ?? 0, ...finished) || null, singly: [] }',
      ),
    ],
    check: { project: 'unit', file: 'packages/messaging/test/tag-window' },
  },
]
