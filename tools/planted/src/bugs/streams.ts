/** Bugs in the streams of events, and in the order of what they read. */
import { edit, type PlantedBug } from '../bug.ts'

export const streamBugs: readonly PlantedBug[] = [
  {
    name: 'skip the events of a transaction that commits late',
    edits: [
      edit(
        'services/order/src/db/history-position.ts',
        'running: running.filter((xid) => xid !== last?.xid),',
        'running: [],',
      ),
    ],
    file: 'services/order/test/history-position.unit.test.ts',
    test: 'a reader > reads each event once',
    failure: 'Property failed',
  },
  {
    name: 'send the beginning of a transaction again after a cut',
    edits: [
      edit(
        'services/order/src/db/history-stream.ts',
        'xid = $1::xid8 and seq > $2::bigint',
        'xid = $1::xid8 and $2::bigint > 0',
      ),
    ],
    file: 'services/order/test/streams/history-stream.int.test.ts',
    test: 'each reader gets each event once',
    failure: 'to deeply equal',
  },
  {
    name: 'let a stream join an instance that has seen less than its client',
    edits: [edit('services/order/src/streams/hub.ts', 'includes(snapshot, after) ? {', 'snapshot ? {')],
    file: 'services/order/test/streams/instances.int.test.ts',
    test: 'every client gets every event once',
    failure: 'AssertionError: seed',
    fullSize: true,
  },
  {
    name: 'resume after an event that was deleted',
    edits: [
      edit(
        'services/order/src/http/follow-events.ts',
        'if (event?.id.startsWith(position.last.id) && includes(',
        'if ((event || true) && includes(',
      ),
    ],
    file: 'services/order/test/streams/instances.int.test.ts',
    test: 'a position whose event was deleted is refused',
    failure: 'expected 200 to be 422',
  },
  {
    name: 'adopt only the restored events whose numbers are in the future',
    edits: [
      edit(
        'services/order/src/db/history-stream.ts',
        'where xid >= $1::xid8 and exists (',
        "where xid >= '8000000000' and exists (",
      ),
    ],
    file: 'services/order/test/streams/history-stream.int.test.ts',
    test: 'all events are adopted',
    failure: 'expected 9000000006 to be 9000000004',
  },
  {
    name: 'leave the subscription of a stream that has failed',
    edits: [
      edit(
        'services/order/src/streams/hub.ts',
        'stop: untilClosed(sink, this.#subscriptions.add(selection, take))',
        'stop: this.#subscriptions.add(selection, take)',
      ),
    ],
    file: 'services/order/test/streams/hub.int.test.ts',
    test: 'leaves no subscription',
    failure: 'to not be called at all, but actually been called 1 times',
  },
  {
    name: 'send new events to a client that has not read earlier ones',
    edits: [
      edit('services/order/src/streams/all-events.ts', 'if (hasMissed || sink.isFull) miss', 'if (hasMissed) miss'),
    ],
    file: 'services/order/test/streams/hub.int.test.ts',
    test: 'a client that reads slowly gets each event once',
    failure: 'expected [ Array(1) ] to deeply equal [ …(4) ]',
  },
  {
    name: 'let a stream read more large events than it may hold',
    edits: [edit('services/order/src/streams/all-events.ts', 'maxBytes: maxHeldBytes, ', '')],
    file: 'services/order/test/streams/hub.int.test.ts',
    test: 'while the stream holds those of one read',
    failure: 'to be less than or equal to 131072',
  },
  {
    name: 'keep clients of streams that do not read',
    edits: [edit('packages/service/src/http/event-streams.ts', 'if (isFull()) drop()\n      else if', 'if')],
    file: 'packages/service/test/http/event-streams.unit.test.ts',
    test: 'a client that does not read is dropped',
    failure: 'to be less than 32000000',
  },
]
