/** Bugs in what operators see: the records of failed attempts and of operations, the diagnosis of an order, and the audit. */
import { edit, type PlantedBug } from '../bug.ts'

export const inspectingBugs: readonly PlantedBug[] = [
  {
    name: 'keep every failed attempt of a subject',
    edits: [edit('packages/service/src/attempts/attempt-table.ts', '(1)} - added, 0)', '(1)} + 1000, 0)')],
    file: 'packages/service/test/attempts/attempts.int.test.ts',
    test: 'keeps the newest 100 of 500 attempts of a subject',
    failure: 'to deeply equal [ 401, 402, 403',
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
    file: 'packages/service/test/attempts/attempts.int.test.ts',
    test: 'on the in-process broker > a message that fails is shown with each attempt',
    failure: 'expected { …(13) } to deeply equal { …(13) }',
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
    file: 'packages/service/test/attempts/attempts.int.test.ts',
    test: 'on RabbitMQ > a message that succeeds at its second attempt waits no longer',
    failure: "to match object { handled: [ 'ParcelSent' ], …(1) }",
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
    file: 'system-tests/orders/stuck.int.test.ts',
    test: 'the gateway is down, over RabbitMQ',
    failure: 'to match object [ { …(3) } ]',
  },
  {
    name: 'record a refused operation as done',
    edits: [
      edit('packages/service/src/operations/perform-recorded.ts', "await record('refused')", "await record('done')"),
    ],
    file: 'packages/service/test/operations/operations.int.test.ts',
    test: 'is listed with its outcome',
    failure: "expected [ 'done' ] to deeply equal [ 'refused' ]",
  },
  {
    name: 'treat every settled order as in progress while any message waits',
    edits: [edit('tools/audit/src/drained.ts', 'rounds >= hops ?', 'rounds < 0 ?')],
    file: 'tools/audit/test/live.int.test.ts',
    test: 'until each queue has been empty',
    failure: 'expected [] to deeply equal [ …(2) ]',
  },
]
