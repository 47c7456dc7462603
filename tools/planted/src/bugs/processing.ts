/** Bugs in the inbox, the outbox, failures and retention. */
import { edit, type PlantedBug } from '../bug.ts'

export const processingBugs: readonly PlantedBug[] = [
  {
    name: 'let an event overtake those about its subject that linger',
    edits: [
      edit(
        'packages/service/src/delivery/lingering.ts',
        'return onEnd([...take(subjectOf(incoming)), incoming])',
        'return onEnd([incoming])',
      ),
    ],
    file: 'packages/service/test/delivery/lingering.int.test.ts',
    test: 'on RabbitMQ > an urgent event takes those about its subject along',
    failure: 'expected [ …(2) ] to deeply equal [ Array(1) ]',
  },
  {
    name: 'acknowledge before the commit',
    edits: [
      edit(
        'packages/service/src/delivery/consumer.ts',
        '    const settled: Incoming[] = []\n',
        '    const settled: Incoming[] = []\n    for (const { delivery } of batch) delivery.ack()\n',
      ),
    ],
    file: 'packages/service/test/delivery/outage.int.test.ts',
    test: 'on RabbitMQ > loses no message if the service stops meanwhile',
    failure: 'expected [] to deeply equal [ Array(1) ]',
  },
  {
    name: 'swallow what cannot be decoded',
    edits: [
      edit(
        'packages/service/src/delivery/policies/check-messages.ts',
        "refusal.status === 'dead_letter' && refusal.reason === 'unknown_type'",
        "refusal.status === 'dead_letter'",
      ),
    ],
    file: 'packages/service/test/dead-letters/dead-letters.int.test.ts',
    test: 'on the in-process broker > parks unreadable messages at once',
    failure: 'expected [] to have a length of 5',
  },
  {
    name: 'count an outage of Postgres as an attempt',
    edits: [
      edit(
        'packages/service/src/core/batch-runner.ts',
        "return items.map(() => ({ status: 'unavailable', error }))",
        "return items.map(() => ({ status: 'failed', error }))",
      ),
    ],
    file: 'packages/service/test/delivery/outage.int.test.ts',
    test: 'on the in-process broker > handles the message when Postgres is back, and counts no attempt',
    failure: 'expected { handled: [], parked: 1 }',
  },
  {
    name: 'forget the inbox id of a message that is among the dead letters',
    edits: [
      edit(
        'packages/outbox/src/inbox.ts',
        "\n           and not exists (select from dead_letter where status = 'parked' and message_id = inbox.id::text)",
        '',
      ),
    ],
    file: 'packages/outbox/test/retention.int.test.ts',
    test: 'keeps a message that waits as a retry, in the outbox or as a dead letter',
    failure: 'expected [ 2, 1 ] to deeply equal',
  },
  {
    name: 'forget one service’s retention of inbox ids',
    edits: [
      edit(
        'packages/service/src/runtime/jobs.ts',
        'const maintenanceJobs = ({ storage, deadLetterMetrics, config }: Runtime)',
        'const maintenanceJobs = ({ storage, deadLetterMetrics, config, model }: Runtime)',
      ),
      edit(
        'packages/service/src/runtime/jobs.ts',
        '...retentionJobs(storage, config)',
        "...(model.name === 'notification' ? [] : retentionJobs(storage, config))",
      ),
    ],
    file: 'system-tests/orders/retention.int.test.ts',
    test: 'notification deletes the ids of messages that it handled longer ago than INBOX_TTL',
    failure: "expected [ '6 days', '8 days' ] to deeply equal [ '6 days' ]",
  },
  {
    name: 'forget inbox ids while their messages may still come again',
    edits: [
      edit(
        'packages/service/src/runtime/retention.ts',
        '{ olderThanMs: INBOX_TTL, limit }',
        '{ olderThanMs: INBOX_TTL / 7, limit }',
      ),
    ],
    file: 'system-tests/orders/retention.int.test.ts',
    test: 'order deletes the ids of messages that it handled longer ago than INBOX_TTL',
    failure: "expected [] to deeply equal [ '6 days' ]",
  },
  {
    name: 'enter the inbox outside of the transaction',
    edits: [
      edit(
        'packages/service/src/core/batch.ts',
        'const rows = await sql.commit<Inserted>([...writes, ',
        'const [inbox, ...state] = writes\n' +
          '      if (inbox) await options.database.query(inbox.text, inbox.values)\n' +
          '      const rows = await sql.commit<Inserted>([...state, ',
      ),
    ],
    file: 'packages/service/test/core/batches.int.test.ts',
    test: 'finds the one message of a hundred that makes the transaction fail',
    failure: 'expected { duplicate: 100 } to deeply equal { applied: 99, failed: 1 }',
  },
  {
    name: 'take other content under a known id for a repetition',
    edits: [edit('packages/service/src/core/batch.ts', 'isDuplicate(item, known, language)', 'inbox.has(key)')],
    file: 'packages/service/test/core/batches.int.test.ts',
    test: 'fails a message with a known id and different content',
    failure: "to match object { status: 'failed'",
  },
  {
    name: 'take a message about another subject for a repetition, because their ids are the same',
    edits: [edit('packages/outbox/src/inbox.ts', '({ subject, id }: InboxKey)', "({ id }: InboxKey, subject = '')")],
    file: 'packages/service/test/core/batches.int.test.ts',
    test: 'applies a message whose id another message has, about another parcel',
    failure: 'expected { duplicate: 1, failed: 1 } to deeply equal { duplicate: 1, applied: 1 }',
  },
  {
    name: 'store a second letter for a message that comes again',
    edits: [
      edit(
        'packages/outbox/migrations/0005_original_exchange.sql',
        'create unique index dead_letter_message on dead_letter (message_id, queue, exchange,',
        'create index dead_letter_message on dead_letter (message_id, queue, exchange,',
      ),
    ],
    file: 'packages/service/test/dead-letters/table/store.int.test.ts',
    test: 'parks a redelivered message once',
    failure: 'expected [ …(3) ] to deeply equal [ Array(1) ]',
  },
  {
    name: 'mark a message as sent before the confirm',
    edits: [
      edit(
        'packages/outbox/src/row-sender.ts',
        '    try {\n      publisher.publish(',
        '    confirmed()\n    try {\n      publisher.publish(',
      ),
    ],
    file: 'packages/outbox/test/relay.int.test.ts',
    test: 'and deleted only after the confirm',
    failure: 'expected +0 to be 49',
  },
  {
    name: 'skip rows at the sweep whose number is below the last one',
    edits: [
      edit(
        'packages/outbox/src/outbox.ts',
        ' and (\n         bytes is null',
        ' and seq > coalesce((select max(seq) from outbox where leased_until > clock_timestamp()), 0) and (\n         bytes is null',
      ),
    ],
    file: 'packages/outbox/test/relay.int.test.ts',
    test: 'finds a row that is committed after later ones',
    failure: 'expected undefined to be',
  },
  {
    name: 'lose the trace context in the outbox',
    edits: [
      edit('packages/outbox/src/outbox.ts', 'traceparent: traceparent ?? null,', 'traceparent: null,'),
      edit(
        'packages/service/src/core/outgoing.ts',
        'const body = language.encode(message, publishVersions)',
        'const body = language.encode({ ...message, traceparent: undefined }, publishVersions)',
      ),
      edit('packages/service/src/core/outgoing.ts', 'isNewest(message) ? asDecoded(message) : undefined', 'undefined'),
    ],
    file: 'system-tests/tracing/traced-start.long.test.ts',
    test: 'traces an order if a collector is configured',
    failure: 'to deeply equal []',
  },
]
