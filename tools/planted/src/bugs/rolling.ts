/** Bugs in rolling upgrades, where a schema is newer than an instance, and in the validation of requests and events. */
import { edit, type PlantedBug } from '../bug.ts'

export const rollingBugs: readonly PlantedBug[] = [
  {
    name: 'count a stale plan after a migration as a failure of the message',
    edits: [edit('packages/postgres/src/fault.ts', 'conflicts.has(code) || isStalePlan(error)', 'conflicts.has(code)')],
    file: 'packages/service/test/core/stale-plans.int.test.ts',
    test: 'a message that meets a stale plan is applied',
    failure: "to match object { status: 'applied' }",
  },
  {
    name: 'insert orders with every column of the table',
    edits: [
      edit(
        'services/order/src/db/order-table.ts',
        `insert into customer_order (\${columns})
    select \${columns} from \${fresh.sql}`,
        `insert into customer_order
    select (jsonb_populate_record(null::customer_order, to_jsonb(fresh))).* from \${fresh.sql}`,
      ),
    ],
    file: 'system-tests/deployment/schema-change.long.test.ts',
    test: 'columns are added to all tables under load, over RabbitMQ',
    failure: 'was answered 5',
  },
  {
    name: 'keep using connections with stale plans',
    edits: [edit('packages/postgres/src/fresh-connections.ts', '      generation += 1\n', '')],
    file: 'packages/service/test/core/stale-plans.int.test.ts',
    test: 'a transaction is a conflict, and succeeds the next time, on any connection',
    failure: 'cached plan must not change result type',
  },
  {
    name: 'start on a schema that is too new',
    edits: [
      edit(
        'packages/service/src/runtime/storage.ts',
        '(await clock.measure())',
        '(await clock.measure().catch(() => true))',
      ),
    ],
    file: 'system-tests/deployment/too-new.int.test.ts',
    test: 'a breaking migration of the service’s own tables has the same effect',
    failure: 'instead of rejecting',
  },
  {
    name: 'keep running after a newer version has broken the schema',
    edits: [edit('packages/service/src/runtime/start.ts', '      schemaJob(runtime, onFatal),\n', '')],
    file: 'system-tests/deployment/too-new.int.test.ts',
    test: 'after a breaking migration an instance prints one line and exits',
    failure: 'to deeply equal [ Array(1) ]',
  },
  {
    name: 'declare queues with arguments that differ from the previous version',
    edits: [
      edit(
        'packages/messaging/src/amqp/topology/queue-arguments.ts',
        'export const deliveryLimit = 100',
        'export const deliveryLimit = 50',
      ),
    ],
    file: 'system-tests/takeover/takeover.int.test.ts',
    test: 'over RabbitMQ',
    failure: "to deeply equal { fulfilled: 'fulfilled', …(9) }",
  },
  {
    name: 'omit the record of the versions that all consumers could read when the database was created',
    edits: [edit('packages/service/src/runtime/storage.ts', 'if (isNew) await', 'if (!isNew) await')],
    file: 'packages/service/test/runtime/publish-versions.int.test.ts',
    test: 'a service that creates its database publishes the newest versions, also after a restart',
    failure: 'expected {} to deeply equal',
  },
  {
    name: 'let reconcile send messages in versions that the services do not publish',
    edits: [
      edit(
        'tools/reconcile/src/versions.ts',
        'versionsSince(await findReadableVersions(sourceOf(sources, service)))',
        'versionsSince({})',
      ),
    ],
    file: 'tools/reconcile/test/versions.int.test.ts',
    test: 'a message is sent in the version in which its service publishes it',
    failure: 'expected {} to match object { OrderCancelled: 2',
  },
  {
    name: 'delete idempotency keys after half of their time to live',
    edits: [
      edit('services/order/src/db/idempotency-table.ts', "interval '1 millisecond'", "interval '0.5 millisecond'"),
    ],
    file: 'services/order/test/retention.int.test.ts',
    test: 'a key is deleted after IDEMPOTENCY_TTL, and not before',
    failure: "expected [ '1 minute' ] to deeply equal",
  },
  {
    name: 'commit the state of a reaction whose event is invalid',
    edits: [
      edit(
        'packages/service/src/core/fold.ts',
        '  const origin = { service,',
        '  if (state !== undefined) set.put(message, state)\n  const origin = { service,',
      ),
    ],
    file: 'packages/service/test/core/invalid-event.int.test.ts',
    test: 'a reaction whose event violates its schema changes nothing',
    failure: 'expected [ { …(3) } ] to deeply equal []',
  },
  {
    name: 'accept a card number as a payment method',
    edits: [edit('services/order/src/http/card-number.ts', '% 10 === 0', '% 10 === 10')],
    file: 'services/order/test/posting.int.test.ts',
    test: 'is rejected, and not stored',
    failure: 'expected { status: 202, …(3) } to match object { status: 422',
  },
]
