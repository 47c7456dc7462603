/** Bugs in shipping, a service that joins by subscription, and in what other services do about it. */
import { edit, type PlantedBug } from '../bug.ts'

export const shippingBugs: readonly PlantedBug[] = [
  {
    name: 'dispatch a second parcel under the same idempotency key',
    edits: [
      edit(
        'services/shipping/src/reactions/dispatch-requested.ts',
        '!shipment || parcelWithSameKey ||',
        '!shipment ||',
      ),
    ],
    file: 'services/shipping/test/reactions.unit.test.ts',
    test: 'given a parcel under the same key, does nothing',
    failure: 'expected { state: { …(2) }, …(1) } to deeply equal {}',
  },
  {
    name: 'let two instances use an idempotency key at the same time',
    edits: [
      edit('services/shipping/src/db/tables.ts', '  claimsOf: (message) => keyOf(message) ?? [],\n', ''),
      edit('services/shipping/migrations/0001_shipment.sql', 'idempotency_key text unique', 'idempotency_key text'),
    ],
    file: 'services/shipping/test/http.int.test.ts',
    test: 'dispatches for one order only, if two instances use it concurrently',
    failure: 'to deeply equal [ [ 200, 422 ]',
  },
  {
    name: 'take the time of a parcel from the clock alone',
    edits: [
      edit(
        'services/shipping/src/domain/shipment.ts',
        'Math.max(now.getTime(), last ? Date.parse(last.at) + 1 : 0)',
        'last ? now.getTime() : now.getTime()',
      ),
    ],
    file: 'services/shipping/test/reactions.unit.test.ts',
    test: 'gives each parcel its own time and event, even if the clock is set back',
    failure: 'Counterexample: [[',
  },
  {
    name: 'let an order end before the queue of an optional service exists',
    edits: [edit('local/src/optional-first.ts', '    await Promise.all(optional)\n', '')],
    file: 'local/test/optional-first.unit.test.ts',
    test: 'no essential service starts before an optional one has, because its messages would miss that one’s queue',
    failure: "to deeply equal [ 'shipping' ]",
  },
  {
    name: 'wait for the outbox of a service that does not run',
    edits: [
      edit(
        'packages/messaging/src/in-process/routes.ts',
        'exchanges.filter((exchange) => !optionalExchanges.includes(exchange))',
        'exchanges.filter((exchange) => optionalExchanges || exchange)',
      ),
    ],
    file: 'packages/messaging/test/in-process.int.test.ts',
    test: 'a consumer catches up although an optional publisher does not run',
    failure: 'expected false to be true',
  },
  {
    name: 'send data in a version that cannot express it',
    edits: [edit('packages/messages/src/codec.ts', 'if (!read?.success) return cast', 'if (!read) return cast')],
    file: 'packages/messages/test/versions.unit.test.ts',
    test: 'is sent in the newer version, which an older consumer parks until its upgrade',
    failure: 'to match object { schemaversion: 2, data: { …(3) } }',
  },
  {
    name: 'tell a service only of orders that are fulfilled after it has joined',
    edits: [
      edit(
        'tools/reconcile/src/comparisons/shipping.ts',
        "shipment || !history.has('OrderFulfilled') ? [] : ['OrderFulfilled']",
        "shipment || history ? [] : ['OrderFulfilled']",
      ),
    ],
    file: 'tools/reconcile/test/compare.unit.test.ts',
    test: 'with the history OrderPlaced,PaymentProcessed,InventoryReserved,OrderFulfilled and the record undefined',
    failure: "expected [] to deeply equal [ 'OrderFulfilled' ]",
  },
]
