/** Violations in idempotency keys, in waiting rows, and in dead letters. */
import type { Plant } from './plant.ts'

export const letter = '11111111-1111-7111-8111-111111111111'
/** A dead letter with another value in one of its columns. */
export const giveUp = (column: string, value: string) =>
  `insert into dead_letter select (jsonb_populate_record(null::dead_letter, jsonb_build_object(
     'id', '${letter}', 'message_id', 'm', 'type', 'OrderPlaced', 'queue', 'payment.inbox', 'exchange', 'order.events', 'reason', 'schema_violation',
     'error', 'e', 'attempts', 1, 'first_failed_at', now(), 'last_failed_at', now(), 'message', '{}'::jsonb,
     'headers', '{"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}'::jsonb, 'body', '\\x7b7d',
     'trace_id', '0af7651916cd43dd8448eb211c80319c', 'status', 'parked', 'parked_at', now()
   ) || jsonb_build_object('${column}', ${value}))).*`

/** The bytes of a message that names a trace. */
const naming = (digit: string, space = '') =>
  `'\\x${Buffer.from(`{"traceparent":${space}"00-${digit.repeat(32)}-b7ad6b7169203331-01"}`).toString('hex')}'`

/** Valid dead letters. */
export const completeLetters: Readonly<Record<string, readonly string[]>> = {
  'in the trace of its header': [giveUp('reason', `'unknown_order'`)],
  'in the trace of its message': [
    giveUp('body', naming('b')),
    `update dead_letter set headers = '{}', trace_id = '${'b'.repeat(32)}'`,
  ],
  'in the trace of its message, in another spelling': [
    giveUp('body', naming('b', ' ')),
    `update dead_letter set trace_id = '${'b'.repeat(32)}'`,
  ],
  'in no trace, like its message': [giveUp('headers', `'{}'::jsonb`), 'update dead_letter set trace_id = null'],
  'too long to be parsed': [
    giveUp('reason', `'too_large'`),
    `update dead_letter set body = decode(repeat('20', 1048577), 'hex')`,
  ],
}

export const inMessages: readonly Plant[] = [
  {
    invariant: 'I7',
    fault: 'a key whose order does not exist',
    sql: [
      [
        'order',
        `insert into idempotency_key (key, request_hash, order_id, response) values ('k', 'h', gen_random_uuid(), '{}')`,
      ],
    ],
    subject: 'k',
    detail: /leads to .*, which does not exist/,
  },
  {
    invariant: 'I7',
    fault: 'an order with two keys',
    sql: [
      ['order', `insert into idempotency_key (key, request_hash, order_id, response) values ('second', 'h', $1, '{}')`],
    ],
    detail: /was created by 2 keys/,
  },
  {
    invariant: 'I8',
    fault: 'an event that was never published',
    sql: [
      [
        'payment',
        `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
         values (gen_random_uuid(), 'PaymentProcessed', $1, 'payment.events', '', '{}', now())`,
      ],
    ],
    subject: 'payment outbox',
    detail: /has 1 row/,
  },
  {
    invariant: 'I8',
    fault: 'a delivery that is still to be retried',
    sql: [
      [
        'inventory',
        `insert into retry (queue, message, body, attempts, due_at) values ('inventory.inbox', '{}', '', 1, now())`,
      ],
    ],
    subject: 'inventory retry',
    detail: /has 1 row/,
  },
  {
    invariant: 'I8',
    fault: 'a notification that was not sent',
    sql: [
      ['notification', `update notification set status = 'pending' where order_id = $1 and occasion = 'order_placed'`],
    ],
    detail: /email:order_placed is still pending/,
  },
  {
    invariant: 'I9',
    fault: 'a dead letter without a reason',
    sql: [['payment', giveUp('reason', `''`)]],
    subject: letter,
    detail: /has no reason/,
  },
  {
    invariant: 'I9',
    fault: 'a dead letter in the database of another service',
    sql: [['payment', giveUp('queue', `'inventory.inbox'`)]],
    subject: letter,
    detail: /is stored by payment, but comes from inventory.inbox/,
  },
  {
    invariant: 'I9',
    fault: 'a dead letter with a truncated trace',
    sql: [['payment', giveUp('trace_id', 'null')]],
    subject: letter,
    detail: /has lost its trace/,
  },
  {
    invariant: 'I9',
    fault: 'a dead letter whose message names a trace that was not stored',
    sql: [
      ['payment', giveUp('body', naming('b'))],
      ['payment', `update dead_letter set headers = '{}', trace_id = null`],
    ],
    subject: letter,
    detail: /has lost its trace/,
  },
  {
    invariant: 'I9',
    fault: 'a dead letter in a different trace from its message',
    sql: [['payment', giveUp('body', naming('b'))]],
    subject: letter,
    detail: /is in trace 0af7651916cd43dd8448eb211c80319c, but its message is in trace b{32}/,
  },
  {
    invariant: 'I9',
    fault: 'a dead letter without its bytes',
    sql: [['payment', giveUp('body', `''`)]],
    subject: letter,
    detail: /has lost its bytes/,
  },
]
