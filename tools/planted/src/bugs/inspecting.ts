/** Bugs in the record of failed attempts and of operations, in what a diagnosis makes of it, and in the states from a history. */
import { edit, type PlantedBug } from '../bug.ts'

const attempts = 'packages/service/test/attempts/attempts.int.test.ts'

export const inspectingBugs: readonly PlantedBug[] = [
  {
    name: 'keep every failed attempt of a subject',
    edits: [edit('packages/service/src/attempts/attempt-table.ts', '(1)} - added, 0)', '(1)} + 1000, 0)')],
    check: {
      project: 'int',
      file: attempts,
      test: 'keeps the newest 100 of 500 attempts of a subject',
      failure: 'to deeply equal',
    },
  },
  {
    name: 'record the errors of failed attempts with their secrets',
    edits: [
      edit(
        'packages/service/src/delivery/failed-attempt.ts',
        'maxErrorLength, redactText)',
        'maxErrorLength, (text) => text || redactText(text))',
      ),
    ],
    check: {
      project: 'int',
      file: attempts,
      test: 'on RabbitMQ > a message that fails is shown with each attempt',
      failure: 'to deeply equal',
    },
  },
  {
    name: 'show a message as waiting for its retry after it was handled',
    edits: [
      edit(
        'packages/service/src/whereabouts/find-whereabouts.ts',
        '? !isHandled(attempt)',
        '? isHandled(attempt) || true',
      ),
    ],
    check: {
      project: 'int',
      file: attempts,
      test: 'on RabbitMQ > a message that succeeds at its second attempt waits no longer',
      failure: 'to match object',
    },
  },
  {
    name: 'do not look for messages in the retry queues of RabbitMQ',
    edits: [
      edit(
        'packages/service/src/whereabouts/find-whereabouts.ts',
        '[...stored, ...inRetryQueue.map(toWaiting), ',
        '[...stored, ...inRetryQueue.map(toWaiting).slice(0, 0), ',
      ),
    ],
    check: {
      project: 'int',
      file: 'system-tests/orders/stuck.int.test.ts',
      test: 'the gateway is down, over RabbitMQ',
      failure: 'to match object',
    },
  },
  {
    name: 'show states of events that a service has handled in another order',
    edits: [
      edit(
        'packages/service/src/states/fold-events.ts',
        'causationid === item.id && !published.includes(id)',
        'causationid === item.id && published.length < 0 && !published.includes(id)',
      ),
    ],
    check: {
      project: 'unit',
      file: 'packages/service/test/states/fold-events.unit.test.ts',
      test: 'because a reaction does not publish its event',
      failure: 'to match object',
    },
  },
  {
    name: 'fold an event before its cause',
    edits: [
      edit(
        'packages/service/src/states/fold-events.ts',
        'if (cause && cause !== message',
        'if (cause && cause === message',
      ),
    ],
    check: {
      project: 'unit',
      file: 'packages/service/test/states/fold-events.unit.test.ts',
      test: 'comes after its cause',
      failure: 'to deeply equal',
    },
  },
  {
    name: 'record a refused operation as done',
    edits: [
      edit('packages/service/src/operations/perform-recorded.ts', "await record('refused')", "await record('done')"),
    ],
    check: {
      project: 'int',
      file: 'packages/service/test/operations/operations.int.test.ts',
      test: 'is listed with its outcome',
      failure: 'to deeply equal',
    },
  },
  {
    name: 'count no message that waits for a retry',
    edits: [
      edit(
        'packages/service/src/attempts/attempt-table.ts',
        'where failed_attempt.queue = queue.queue and next_at > now()',
        'where failed_attempt.queue = queue.queue and next_at < now()',
      ),
    ],
    check: {
      project: 'int',
      file: attempts,
      test: 'on RabbitMQ > the queues show how many messages wait for a retry',
      failure: 'to match object',
    },
  },
  {
    name: 'list a message that is handled as one that waits for a retry',
    edits: [edit('packages/outbox/src/waiting-messages.ts', ' and not taken', '')],
    check: {
      project: 'int',
      file: 'packages/outbox/test/retry-table.int.test.ts',
      test: 'a message waits once in each queue, and not while it is handled',
      failure: 'to deeply equal []',
    },
  },
]
