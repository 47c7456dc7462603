/** Bugs in connections to the broker and to Postgres, in logs and in the documented examples. */
import { edit, type PlantedBug } from '../bug.ts'

export const connectionBugs: readonly PlantedBug[] = [
  {
    name: 'let every connection retry separately while the broker is unavailable',
    edits: [
      edit(
        'packages/messaging/src/amqp/connect-attempts.ts',
        'while (trial !== null && !signal.aborted) await trial',
        'trial = null',
      ),
    ],
    check: {
      project: 'unit',
      file: 'packages/messaging/test/connect-attempts.unit.test.ts',
      test: 'while the broker is unavailable, eight connections make one attempt per pause',
      failure: 'to be less than',
    },
  },
  {
    name: 'leave the retry table behind when the broker changes',
    edits: [
      edit(
        'packages/service/src/runtime/change-of-broker.ts',
        'count = await moveRetries(storage.database, moving)',
        'count = 0',
      ),
    ],
    check: {
      project: 'int',
      file: 'packages/service/test/runtime/change-of-broker.int.test.ts',
      test: 'what waited in the retry table is handled over RabbitMQ',
      failure: 'to deeply equal',
    },
  },
  {
    name: 'consume the queues of a service with another database',
    edits: [edit('packages/messaging/src/amqp/participant.ts', '      await this.#claim(connection, fail)\n', '')],
    check: {
      project: 'int',
      file: 'packages/messaging/test/amqp-owner.int.test.ts',
      test: 'a service with another database takes no message, and reports it',
      failure: "expected 'connected' to contain",
    },
  },
  {
    name: 'create the tables of a service in the database of another one',
    edits: [edit('packages/outbox/src/service-table.ts', 'if (!row || row.name === service) return', 'return')],
    check: {
      project: 'int',
      file: 'packages/service/test/runtime/database-of-another-service.int.test.ts',
      test: 'a service refuses the database of another service, and creates no table there',
      failure: 'to be instance of DatabaseOfAnotherService',
    },
  },
  {
    name: 'report every failed connection to the broker',
    edits: [edit('packages/service/src/runtime/broker-report.ts', 'if (writtenAt.has(line)) return false', '')],
    check: {
      project: 'unit',
      file: 'packages/service/test/runtime/broker-report.unit.test.ts',
      test: 'an outage is logged every 5 s in one line',
      failure: 'to have a length of 2 but got 20',
    },
  },
  {
    name: 'report each connection to the broker as the end of an outage',
    edits: [edit('packages/service/src/runtime/broker-report.ts', 'if (!outageIsReported) return', '')],
    check: {
      project: 'unit',
      file: 'packages/service/test/runtime/broker-report.unit.test.ts',
      test: 'the end of an outage is logged once',
      failure: 'to deeply equal []',
    },
  },
  {
    name: 'log stack traces of expected errors',
    edits: [edit('packages/service/src/telemetry/log.ts', 'error.stack && !isExpected(error) &&', 'error.stack &&')],
    check: {
      project: 'unit',
      file: 'packages/service/test/telemetry/log.unit.test.ts',
      test: 'an error response of an external system is logged without a stack',
      failure: 'to not have property "stack"',
    },
  },
  {
    name: 'count a redelivered event again in the Python example',
    edits: [edit('examples/python/order_counts.py', '.rowcount == 0:', '.rowcount < 0:')],
    check: {
      project: 'int',
      file: 'system-tests/documentation/python-example.int.test.ts',
      test: 'an event has its effect once, even if it is published twice',
      failure: "expected [ { id: 'customer-1', fulfilled: 2 } ]",
    },
  },
  {
    name: 'open a connection for each statement while Postgres accepts none',
    edits: [edit('packages/postgres/src/paced-client.ts', 'if (before && ', 'if (before === undefined && ')],
    check: {
      project: 'int',
      file: 'packages/service/test/core/paced-connections.int.test.ts',
      test: 'a server that resets connections gets few of them',
      failure: 'to be less than 100',
    },
  },
]
