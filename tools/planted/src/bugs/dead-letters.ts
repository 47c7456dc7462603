/** Bugs in the trust in message headers, and in the content of dead letters. */
import { edit, type PlantedBug } from '../bug.ts'

export const deadLetterBugs: readonly PlantedBug[] = [
  {
    name: 'replay a message without its original exchange',
    edits: [
      edit(
        'packages/outbox/src/row-sender.ts',
        'originalExchange: exchange, decoded } = row',
        'to: { exchange }, decoded } = row',
      ),
    ],
    file: 'system-tests/messages/wrong-exchange.int.test.ts',
    test: 'PaymentProcessed from the exchange of order is parked',
    failure: 'to match object [ { …(5) }, { …(6) } ]',
  },
  {
    name: "replay a dead letter of an earlier release as the service's own message, without a check",
    edits: [
      edit(
        'packages/service/src/dead-letters/table/original-exchange.ts',
        "exchange = '' and reason in (",
        "exchange = '' and reason not in ('', ",
      ),
    ],
    file: 'packages/service/test/dead-letters/dead-letters.int.test.ts',
    test: 'parked as future_version: refused',
    failure: 'to have a length of 1',
  },
  {
    name: 'trust the retry headers of any publisher',
    edits: [edit('packages/messaging/src/amqp/headers.ts', 'if (via !== direct) return', "if (via === '') return")],
    file: 'packages/messaging/test/amqp.int.test.ts',
    test: 'lets a service set the original exchange',
    failure: 'forged',
  },
  {
    name: "trust a publisher's delivery count",
    edits: [edit('packages/messaging/src/amqp/headers.ts', 'fields.redelivered ?', 'fields.redelivered || true ?')],
    file: 'packages/messaging/test/wire.unit.test.ts',
    test: 'count crashes from the first redelivery on',
    failure: 'to be +0',
  },
  {
    name: 'lose the original exchange of a retried message',
    edits: [
      edit(
        'packages/messaging/src/amqp/headers.ts',
        '...originalExchange(history.exchange),\n  [attemptsHeader]: history.attempts + failed',
        '[attemptsHeader]: history.attempts + failed',
      ),
    ],
    file: 'packages/messaging/test/amqp.int.test.ts',
    test: 'reports the exchange of the first delivery',
    failure: "expected [ 'publisher-",
  },
  {
    name: 'treat a forged copy of a parked message as the original',
    edits: [
      edit(
        'packages/outbox/migrations/0005_original_exchange.sql',
        'create unique index dead_letter_message on dead_letter (message_id, queue, exchange, sha256(body)) where',
        'create unique index dead_letter_message on dead_letter (message_id, queue, sha256(body)) where',
      ),
    ],
    file: 'packages/service/test/dead-letters/table/store.int.test.ts',
    test: 'parks a redelivered message once',
    failure: 'expected [ …(3) ] to deeply equal [ …(4) ]',
  },
  {
    name: "store a mail server's reply that contains an address",
    edits: [
      edit(
        'services/notification/src/channels/smtp-failure.ts',
        'new SmtpError(codesOf(error), facts)',
        'new SmtpError(error.message, facts)',
      ),
    ],
    file: 'services/notification/test/email.int.test.ts',
    test: 'is retried after a reply to the recipient that shows no outage, and arrives: 451 not today',
    failure: 'to match object',
  },
  {
    name: 'show the addresses of customers in dead letters',
    edits: [
      edit('packages/messages/src/redaction.ts', 'new Set(secrets.map(', 'new Set(secrets.slice(0, 1).map('),
      edit('packages/messages/src/redaction.ts', 'from = index + found.length', 'return text'),
    ],
    file: 'packages/messages/test/redaction.unit.test.ts',
    test: 'masks secret fields and addresses, at any depth',
    failure: "expected { type: 'OrderPlaced'",
  },
  {
    name: 'let a service change its log of operations',
    edits: [
      edit(
        'packages/service/src/runtime/grants.ts',
        'revoke update, delete on dead_letter_operation, operation, operation_outcome from',
        'revoke update, delete on dead_letter_operation, operation_outcome from',
      ),
    ],
    file: 'system-tests/deployment/roles.int.test.ts',
    test: 'a role with the grants can run the service, but cannot change the schema or the record of operations',
    failure: 'promise resolved "[]" instead of rejecting',
  },
]
