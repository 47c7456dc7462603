/** Bugs in the protection against hostile publishers, untrusted networks and the texts of strangers. */
import { edit, type PlantedBug } from '../bug.ts'

export const untrustedPeerBugs: readonly PlantedBug[] = [
  {
    name: 'publish properties that exceed the frame size',
    edits: [
      edit(
        'packages/messaging/src/amqp/publisher/publisher.ts',
        '        assertFits(properties, this.#frameMax)\n',
        '',
      ),
    ],
    file: 'packages/messaging/test/amqp-hostile.int.test.ts',
    test: 'parks a message that cannot be copied at its first delivery',
    failure: 'expected 2 to be 4',
  },
  {
    name: 'trust a retry whose exchange is unknown',
    edits: [
      edit(
        'packages/outbox/src/retry-table.ts',
        'returning key, message, body, exchange,',
        "returning key, message, body, coalesce(nullif(exchange, ''), split_part(queue, '.', 1) || '.direct') as exchange,",
      ),
    ],
    file: 'packages/outbox/test/retry-table.int.test.ts',
    test: "a retry whose exchange is unknown does not become the service's own message",
    failure: "expected [ 'desk.direct', 'stacks.events' ]",
  },
  {
    name: 'declare dead-letter queues without a delivery limit',
    edits: [edit('packages/messaging/src/amqp/accounts/definitions.ts', "  'delivery-limit': 20,\n", '')],
    file: 'packages/messaging/test/amqp-permissions.int.test.ts',
    test: 'a message that crashes its consumer even in the dead-letter queue ends in unrouted',
    failure: 'expected +0 to be 1',
  },
  {
    name: 'let the observer read messages',
    edits: [edit('packages/messaging/src/amqp/accounts/definitions.ts', "read: '^$'", "read: '.*'")],
    file: 'packages/messaging/test/amqp-permissions.int.test.ts',
    test: 'may not read from a queue',
    failure: "expected 'allowed' to match object { code: 403 }",
  },
  {
    name: 'give a service no permission on what it looks for',
    edits: [edit('packages/messaging/src/amqp/accounts/permissions.ts', '      ...lookedFor,\n', '')],
    file: 'packages/messaging/test/permissions.unit.test.ts',
    test: 'fees has a permission on all that it looks for',
    failure: 'unrouted.bound-to.unrouted',
  },
  {
    name: 'use TLS only if the mail server offers it',
    edits: [
      edit(
        'services/notification/src/channels/smtp-email.ts',
        'requireTLS: startTlsIsRequired(url, tls)',
        'requireTLS: url === tls',
      ),
    ],
    file: 'services/notification/test/email.int.test.ts',
    test: 'is not sent without TLS to a mail server beyond the loopback, unless that is configured',
    failure: "promise resolved \"{ outcome: 'sent' }",
  },
  {
    name: 'let the text of strangers control the terminal',
    edits: [
      edit(
        'local/src/terminal/style.ts',
        'text.replaceAll(/[\\p{Cc}\\p{Cf}]/gu',
        'text.replaceAll(/[\\p{Zl}\\p{Zp}]/gu',
      ),
    ],
    file: 'local/test/terminal/log-line.unit.test.ts',
    test: 'contains no escape sequence of others',
    failure: "to be 'TIME  WARN   payment  three",
  },
]
