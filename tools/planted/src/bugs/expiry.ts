/** Bugs in the expiry of orders, and in the records of handled messages. */
import { edit, type PlantedBug } from '../bug.ts'

export const expiryBugs: readonly PlantedBug[] = [
  {
    name: 'let orders expire while events about them are waiting',
    edits: [
      edit(
        'services/order/src/jobs/expiry.ts',
        'if (paused() === null) return 0',
        "if (paused() !== 'never') return 0",
      ),
    ],
    file: 'services/order/test/expiry-pause.int.test.ts',
    test: 'an order does not expire at a start if its InventoryReserved waits in the inbox',
    failure: "expected 'cancelled: expired' to be 'fulfilled'",
  },
  {
    name: 'let orders expire right after an outage of Postgres',
    edits: [
      edit('packages/service/src/delivery/catching-up.ts', 'availableForMs > catchUpMs ?', 'availableForMs > 0 ?'),
    ],
    file: 'services/order/test/expiry-outage.int.test.ts',
    test: 'after an outage of Postgres, expiry is paused',
    failure: 'expected null not to be null',
  },
  {
    name: 'let orders expire while the messages of the inbox are held',
    edits: [edit('packages/service/src/delivery/catching-up.ts', 'kind !== null', "kind === ''")],
    file: 'packages/service/test/delivery/catching-up.unit.test.ts',
    test: 'is known while the messages of the inbox are held',
    failure: "expected null to be 'messages in tracker.inbox all fail",
  },
  {
    name: 'let orders expire while RabbitMQ has blocked the publishers of their events',
    edits: [edit('packages/service/src/delivery/catching-up.ts', ' ?? participant.blocked()', '')],
    file: 'packages/service/test/delivery/catching-up.unit.test.ts',
    test: 'is known during an alarm of the broker',
    failure: "expected null to be 'the broker is unavailable",
  },
  {
    name: 'let orders expire while events wait in the outboxes of services that still use the earlier broker',
    edits: [
      edit('packages/service/src/delivery/catching-up.ts', 'changedForMs <= changeOfBrokerMs', 'changedForMs <= 0'),
    ],
    file: 'packages/service/test/delivery/catching-up.unit.test.ts',
    test: 'is known soon after a change of the broker',
    failure: "expected null to be 'the broker was changed",
  },
  {
    name: 'pause expiry indefinitely',
    edits: [
      edit(
        'services/order/src/jobs/expiry.ts',
        'pausedMs >= config.EXPIRY_PAUSE_MAX',
        'pausedMs >= Number.POSITIVE_INFINITY',
      ),
    ],
    file: 'services/order/test/expiry-pause.int.test.ts',
    test: 'an order expires after EXPIRY_PAUSE_MAX',
    failure: "expected 'placed' to be 'cancelled: expired'",
  },
  {
    name: 'let orders expire five minutes early',
    edits: [
      edit(
        'services/order/src/db/order-table.ts',
        "statement_timestamp() - $1::float * interval '1 millisecond'",
        "statement_timestamp() + interval '5 minutes' - $1::float * interval '1 millisecond'",
      ),
    ],
    file: 'services/order/test/expiry-pause.int.test.ts',
    test: 'orders expire by the clock of the database',
    failure: 'expected [ …(3) ] to deeply equal [ …(2) ]',
  },
  {
    name: 'wait indefinitely for an unsettled delivery',
    edits: [
      edit(
        'packages/messaging/src/amqp/consumer/caught-up.ts',
        '    if (this.#observationsOfDelivered > maxObservationsOfDelivered) this.#mark = 0\n',
        '',
      ),
    ],
    file: 'packages/messaging/test/caught-up.unit.test.ts',
    test: 'does not wait indefinitely for a delivery that stays unsettled',
    failure: 'expected false to be true',
  },
  {
    name: 'count settled messages instead of those that waited',
    edits: [
      edit(
        'packages/messaging/src/amqp/consumer/tag-window.ts',
        'return lowestUnfinished - 1',
        'return Math.max(lowestUnfinished - 1, this.#highest - this.#unfinished.size)',
      ),
    ],
    file: 'packages/messaging/test/caught-up.unit.test.ts',
    test: 'waits for a message that waited while newer ones are settled',
    failure: 'expected true to be false',
  },
  {
    name: 'ignore that a lost connection may still have deliveries',
    edits: [
      edit(
        'packages/messaging/src/amqp/consumer/caught-up.ts',
        'lossDetected || (consumers <= 1 && !this.#hasLost)',
        'lossDetected || !this.#hasLost',
      ),
    ],
    file: 'packages/messaging/test/caught-up.unit.test.ts',
    test: 'waits for deliveries of lost connections',
    failure: 'expected true to be false',
  },
  {
    name: 'treat a read of the store as complete while a message is being stored',
    edits: [
      edit(
        'packages/messaging/src/in-process/caught-up.ts',
        'this.#outboxesDrained && complete',
        'this.#outboxesDrained',
      ),
    ],
    file: 'packages/messaging/test/in-process-caught-up.unit.test.ts',
    test: 'does not count a poll that began while an entry was being stored',
    failure: 'expected true to be false',
  },
  {
    name: 'keep every acknowledged delivery tag of a channel in memory',
    edits: [
      edit(
        'packages/messaging/src/amqp/consumer/tag-window.ts',
        'this.#finished.push(tag)\n',
        'this.#finished.push(tag)\n    this.#acknowledged.add(tag)\n',
      ),
      edit(
        'packages/messaging/src/amqp/consumer/tag-window.ts',
        '  #finished: number[] = []\n',
        '  #finished: number[] = []\n  readonly #acknowledged = new Set<number>()\n',
      ),
    ],
    file: 'packages/messaging/test/tag-window.unit.test.ts',
    test: 'needs no more memory for settled deliveries',
    failure: 'to be less than 2000000',
  },
  {
    name: 'let two processes use one in-process database',
    edits: [
      edit(
        'local/src/ownership.ts',
        'select pg_try_advisory_lock($1, $2) as locked',
        'select $1::int + $2::int > 0 as locked',
      ),
    ],
    file: 'local/test/ownership.int.test.ts',
    test: 'a second process stops waiting at the time limit',
    failure: 'promise resolved "{ stop: [Function stop] }"',
  },
  {
    name: 'use only the inbox to decide whether a message was handled',
    edits: [
      edit(
        'packages/service/src/whereabouts/find-whereabouts.ts',
        'fromState.get(subject)?.includes(type) || fromInbox',
        'fromInbox',
      ),
    ],
    file: 'services/payment/test/whereabouts.int.test.ts',
    test: 'derives the handled events and the open task from the payment',
    failure: 'expected [ { …(4) } ] to match object [ Array(1) ]',
  },
  {
    name: 'replay messages of a later version only at startup',
    edits: [
      edit(
        'packages/service/src/runtime/jobs.ts',
        '  everyMs,\n  run: replayReadable(deadLetters',
        '  everyMs: 86_400_000,\n  run: replayReadable(deadLetters',
      ),
    ],
    file: 'services/order/test/future-version.int.test.ts',
    test: 'dead letters of a newer version are replayed without a restart',
    failure: 'expected [ { …(2) }, { …(2) }, { …(2) } ] to deeply equal',
  },
]
