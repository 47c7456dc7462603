/** Violations in the operations on dead letters. */
import { giveUp, letter } from './messages.ts'
import type { Plant } from './plant.ts'

const settled = (status: string): string => giveUp('status', `'${status}'`)

const record = (operation: string, operator = 'ada'): string =>
  `insert into dead_letter_operation (letter_id, operation, operator) values ('${letter}', '${operation}', '${operator}')`

const replayId = '22222222-2222-7222-8222-222222222222'

/** A replay that waits to be sent, with another value in one of its columns. */
const replay = (column = 'exchange', value = `'payment.direct'`): string =>
  `insert into outbox (id, type, subject, exchange, routing_key, body, message, bytes, leased_until)
   select (r).id, (r).type, (r).subject, (r).exchange, (r).routing_key, '', (r).message, (r).bytes, now()
   from (select jsonb_populate_record(null::outbox, jsonb_build_object(
     'id', '${replayId}', 'type', type, 'subject', id, 'exchange', 'payment.direct', 'routing_key', queue,
     'message', message || jsonb_build_object('headers', headers, 'exchange', exchange), 'bytes', body
   ) || jsonb_build_object('${column}', ${value})) as r from dead_letter) as replay`

/** Valid operations. */
export const recordedOperations: Readonly<Record<string, readonly string[]>> = {
  'that was replayed': [settled('replayed'), record('replay')],
  'that was discarded': [settled('discarded'), record('discard')],
  'that an earlier version edited': [settled('replayed'), record('edit')],
  'whose replay waits to be sent': [settled('replayed'), record('replay'), replay()],
  'of an event that could not be sent, and whose replay waits': [
    settled('replayed'),
    record('replay'),
    `update dead_letter set queue = 'payment.events', exchange = 'payment.events'`,
    replay(),
    `update outbox set exchange = 'payment.events', routing_key = ''`,
  ],
  'whose exchange was not recorded, and whose replay waits': [
    settled('replayed'),
    record('replay'),
    replay(),
    `update dead_letter set exchange = ''`,
  ],
}

const altered = (fault: string, column: string, value: string): Plant => ({
  invariant: 'I14',
  fault: `a replay ${fault}`,
  sql: [settled('replayed'), record('replay'), replay(column, value)].map((statement) => ['payment', statement]),
  subject: replayId,
  detail: /no dead letter of that queue has its bytes, properties and exchange/,
})

const unrecorded = (fault: string, detail: RegExp, ...statements: string[]): Plant => ({
  invariant: 'I14',
  fault: `a dead letter ${fault}`,
  sql: statements.map((statement) => ['payment', statement]),
  subject: letter,
  detail,
})

export const inOperations: readonly Plant[] = [
  unrecorded(
    'that was replayed without an operation',
    /was replayed, but has 0 replay operations/,
    settled('replayed'),
  ),
  unrecorded(
    'that was replayed twice',
    /has 2 replay operations/,
    settled('replayed'),
    record('replay'),
    record('replay'),
  ),
  unrecorded(
    'that was discarded without an operation',
    /was discarded, but has 0 discard operations/,
    settled('discarded'),
  ),
  unrecorded('that is parked again', /has a replay operation, but is parked/, settled('parked'), record('replay')),
  unrecorded('that was settled without an operator', /has no operator/, settled('replayed'), record('replay', '')),
  altered('with other bytes', 'bytes', `'\\x7b20'`),
  altered('to another queue', 'routing_key', `'payment.tasks'`),
  altered(
    'by another exchange',
    'message',
    `message || jsonb_build_object('headers', headers, 'exchange', 'payment.events')`,
  ),
  altered(
    'with other properties',
    'message',
    `jsonb_build_object('type', 'Refund', 'headers', headers, 'exchange', exchange)`,
  ),
]
