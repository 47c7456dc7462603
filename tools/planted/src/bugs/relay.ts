/** Bugs in the relay and in unsendable messages. */
import { edit, type PlantedBug } from '../bug.ts'

export const relayBugs: readonly PlantedBug[] = [
  {
    name: 'publish a row again whenever its lease has expired',
    edits: [
      edit(
        'packages/outbox/src/row-sender.ts',
        'if (this.#inFlight.has(key) || this.#forgotten.has(key)) {',
        'if (row.seq < 0) {',
      ),
    ],
    file: 'packages/outbox/test/relay.int.test.ts',
    test: 'is not sent again by the same relay while it is in flight',
    failure: 'to have a length of 1',
  },
  {
    name: 'wait indefinitely for a confirm',
    edits: [
      edit(
        'packages/messaging/src/amqp/publisher/publisher.ts',
        'if (this.#unconfirmed.isOverdue(confirmTimeoutMs, performance.now()))',
        'if (this.#unconfirmed.isOverdue(confirmTimeoutMs * 1_000, performance.now()))',
      ),
    ],
    file: 'packages/messaging/test/amqp-unanswered.int.test.ts',
    test: 'a connection on which messages are not confirmed ends',
    failure: 'Test timed out',
  },
  {
    name: 'count the time of an alarm of RabbitMQ towards the time without a confirm',
    edits: [
      edit(
        'packages/messaging/src/amqp/publisher/unconfirmed-sends.ts',
        'if (this.#blockedAtMs !== null) return false',
        'if (this.#blockedAtMs === -1) return false',
      ),
    ],
    file: 'packages/messaging/test/unconfirmed-sends.unit.test.ts',
    test: 'the time in which the broker did not read does not count',
    failure: 'expected true to be false',
  },
  {
    name: 'remove rows in flight from memory only after a successful deletion',
    edits: [
      edit(
        'packages/outbox/src/settle-sent-rows.ts',
        '  try {\n    await deleteOutbox(database, confirmed)\n  } finally {\n',
        '  {\n    await deleteOutbox(database, confirmed)\n',
      ),
    ],
    file: 'packages/outbox/test/relay.int.test.ts',
    test: 'is repeated: the row is sent again',
    failure: 'expected 1 to be 2',
  },
  {
    name: 'keep the window slot of a row whose commit failed',
    edits: [edit('packages/service/src/core/batch.ts', '    handoff?.abandoned()\n', '')],
    file: 'packages/service/test/core/handoff.int.test.ts',
    test: 'a conflict occupies no place in the window',
    failure: 'expected [] to deeply equal [ …(3) ]',
  },
  {
    name: 'sweep without `skip locked`',
    edits: [
      edit(
        'packages/outbox/src/outbox.ts',
        'order by seq limit $1 for update skip locked',
        'order by seq limit $1 for update',
      ),
    ],
    file: 'packages/outbox/test/relay.int.test.ts',
    test: 'shares the rows between two relays',
    failure: 'to be 1900',
  },
  {
    name: 'let a plan of an idle outbox exceed the limit of a sweep',
    edits: [
      edit('packages/outbox/src/outbox.ts', 'where seq = any(array(', 'where seq in ('),
      edit(
        'packages/outbox/src/outbox.ts',
        'order by seq limit $1 for update skip locked\n     ))',
        'order by seq limit $1 for update skip locked\n     )',
      ),
    ],
    file: 'packages/outbox/test/idle-plans.int.test.ts',
    test: 'leaseOutbox',
    failure: 'expected 200 to be 10',
  },
  {
    name: 'retry unsendable rows indefinitely',
    edits: [
      edit(
        'packages/outbox/src/unsendable.ts',
        '(failures.get(keyOf(row)) ?? 0) >= maxSendAttempts',
        '(failures.get(keyOf(row)) ?? 0) > maxSendAttempts * 1_000',
      ),
    ],
    file: 'packages/service/test/dead-letters/table/unsendable.int.test.ts',
    test: 'a row that can never be sent becomes a dead letter',
    failure: 'expected [ { failures:',
  },
  {
    name: 'replay an unsendable event to a queue with the name of its exchange',
    edits: [
      edit('packages/service/src/dead-letters/table/replay.ts', "then '' else queue end", 'then queue else queue end'),
    ],
    file: 'packages/service/test/dead-letters/table/unsendable.int.test.ts',
    test: 'an event that could not be sent goes to its exchange again',
    failure: "expected { to: { …(2) }, body: '{}' } to deeply equal",
  },
  {
    name: 'park an unsendable replay without recording it in the original dead letter',
    edits: [edit('packages/service/src/dead-letters/table/store.ts', 'replayOf !== null)', "replayOf === '')")],
    file: 'packages/service/test/dead-letters/table/unsendable.int.test.ts',
    test: 'a replay that can never be sent is parked again',
    failure: "expected [] to match object [ { operation: 'unsendable'",
  },
  {
    name: 'count a scheduled replay as backlog',
    edits: [edit('packages/outbox/src/outbox.ts', 'from outbox where taken or', 'from outbox where true or')],
    file: 'packages/service/test/dead-letters/table/unsendable.int.test.ts',
    test: 'a paced replay is not backlog before its scheduled time',
    failure: 'to deeply equal { rows: +0, oldestAgeMs: +0 }',
  },
  {
    name: 'keep messages until a clock that was set back reaches their time again',
    edits: [edit('packages/outbox/src/outbox.ts', "interval '15 minutes'", "interval '15 hours'")],
    file: 'packages/outbox/test/clock.int.test.ts',
    test: 'rows from before the clock was set back are backlog and are sent',
    failure: 'to deeply equal { rows: 1, oldestAgeMs: +0 }',
  },
  {
    name: 'let commits after a deletion of sent rows not wait for the disk',
    edits: [
      edit(
        'packages/outbox/src/outbox.ts',
        "set_config('synchronous_commit', 'off', true)",
        "set_config('synchronous_commit', 'off', false)",
      ),
    ],
    file: 'packages/outbox/test/deletion.int.test.ts',
    test: 'the settings for the deletion of sent rows end with its transaction',
    failure: "expected [ { commit: 'off'",
  },
]
