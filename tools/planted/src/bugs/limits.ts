/** Bugs in what a stranger on the broker, or between us and another server, can do. */
import { edit, type PlantedBug } from '../bug.ts'

export const limitBugs: readonly PlantedBug[] = [
  {
    name: 'send properties that are larger than a frame',
    edits: [
      edit(
        'packages/messaging/src/amqp/publisher/publisher.ts',
        '        assertFits(properties, this.#frameMax)\n',
        '',
      ),
    ],
    check: {
      project: 'int',
      file: 'packages/messaging/test/amqp-hostile.int.test.ts',
      test: 'parks a message that cannot be copied at its first failure, with the failure',
      failure: 'expected 1 to be 2',
    },
  },
  {
    name: 'let the queues of dead letters deliver for ever',
    edits: [edit('packages/messaging/src/definitions.ts', "  'delivery-limit': deliveryLimit,\n", '')],
    check: {
      project: 'int',
      file: 'packages/messaging/test/amqp-permissions.int.test.ts',
      test: 'a message that crashes its consumer even in the dead-letter queue ends in unrouted',
      failure: 'expected +0 to be 1',
    },
  },
  {
    name: 'use TLS with a mail server only where it is offered',
    edits: [
      edit(
        'services/notification/src/channels/smtp-email.ts',
        'requireTLS: startTlsIsRequired(url, tls)',
        'requireTLS: url === tls',
      ),
    ],
    check: {
      project: 'int',
      file: 'services/notification/test/email.int.test.ts',
      test: 'is not sent without TLS to a mail server beyond the loopback, unless that is configured',
      failure: 'instead of rejecting',
    },
  },
]
