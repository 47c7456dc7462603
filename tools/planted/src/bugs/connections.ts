/** Bugs in connections to the broker and to Postgres. */
import { edit, type PlantedBug } from '../bug.ts'

export const connectionBugs: readonly PlantedBug[] = [
  {
    name: 'leave the retry table behind when the broker changes',
    edits: [
      edit(
        'packages/service/src/runtime/change-of-broker.ts',
        'count = await moveRetries(storage.database, moving)',
        'count = 0',
      ),
    ],
    file: 'packages/service/test/runtime/change-of-broker.int.test.ts',
    test: 'what waited in the retry table is handled over RabbitMQ',
    failure: 'expected [] to deeply equal [ …(3) ]',
  },
  {
    name: 'consume the queues of a service with another database',
    edits: [edit('packages/messaging/src/amqp/participant.ts', '      await this.#claim(connection, fail)\n', '')],
    file: 'packages/messaging/test/amqp-owner.int.test.ts',
    test: 'a service with another database takes no message, and reports it',
    failure: "expected 'connected' to contain",
  },
  {
    name: 'accept orders in a service whose queues belong to another database, so that their events are never sent',
    edits: [edit('packages/service/src/http/refuse-changes.ts', '      if (isRefused()) throw refusedByBroker\n', '')],
    file: 'system-tests/deployment/wrong-database.int.test.ts',
    test: 'an order service with another database accepts no orders, because it would not send their events',
    failure: 'expected { …(16) } to match object { status: 503',
  },
  {
    name: 'create the tables of a service in the database of another one',
    edits: [edit('packages/outbox/src/service-table.ts', 'if (!row || row.name === service) return', 'return')],
    file: 'packages/service/test/runtime/database-of-another-service.int.test.ts',
    test: 'a service refuses the database of another service, and creates no table there',
    failure: 'to be instance of DatabaseOfAnotherService',
  },
  {
    name: 'open a connection for each statement while Postgres accepts none',
    edits: [edit('packages/postgres/src/paced-client.ts', 'if (before && ', 'if (before === undefined && ')],
    file: 'packages/service/test/core/paced-connections.int.test.ts',
    test: 'a server that resets connections gets few of them',
    failure: 'to be less than 100',
  },
  {
    name: 'end the process because a certificate can’t be read for a moment',
    edits: [
      edit(
        'packages/postgres/src/paced-client.ts',
        '        super()\n        thrown = error\n',
        '        throw error\n',
      ),
    ],
    file: 'packages/service/test/core/unreadable-certificate.int.test.ts',
    test: 'a certificate file that is missing for a moment fails statements, and not the process',
    failure: 'expected Error: timeout exceeded',
  },
  {
    name: 'read from a standby, whose rows may be outdated',
    edits: [edit('packages/postgres/src/check-server.ts', 'if (server.standby) return standbyError()\n', '')],
    file: 'packages/service/test/core/standby.int.test.ts',
    test: 'a standby counts as unavailable, also for statements that only read',
    failure: 'to deeply equal ObjectContaining',
  },
  {
    name: 'accept a promoted standby whose configuration or libraries lose or miss rows',
    edits: [
      edit('packages/postgres/src/check-server.ts', 'return risk === null ? null', 'return risk !== undefined ? null'),
    ],
    file: 'packages/service/test/core/unsafe-server.int.test.ts',
    test: 'a new connection is refused where a commit does not wait for the disk, and an open one remains',
    failure: 'it was accepted',
  },
  {
    name: 'follow DATABASE_URL to another cluster',
    edits: [edit('packages/service/src/runtime/storage.ts', '    onMoved: onFatal,\n', '')],
    file: 'packages/service/test/runtime/moved-database.int.test.ts',
    test: 'a service ends when its DATABASE_URL leads to another cluster',
    failure: 'to deep equally contain ObjectContaining',
  },
]
