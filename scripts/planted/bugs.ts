/**
 * Bugs that systems of this kind have had, each as a change to our code, and the cheapest check that must notice it. They are
 * applied to a copy, one at a time (planted.ts): the product has no switch for any of them.
 */

export interface Edit {
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
}

export interface PlantedBug {
  readonly name: string
  readonly edits: readonly Edit[]
  /** What vitest is told: a project, a file, and the name of a test. */
  readonly check: { readonly project: 'unit' | 'int' | 'e2e'; readonly file: string; readonly test?: string }
}

const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace })

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'enter the inbox outside of the transaction',
    edits: [edit('packages/service/src/batch.ts', 'sortOut(sql, items),', 'sortOut(options.database, items),')],
    check: { project: 'int', file: 'packages/service/test/batches', test: 'transactions' },
  },
  {
    name: 'mark a message as sent before the confirm',
    edits: [
      edit(
        'packages/outbox/src/relay.ts',
        'await publisher.publish(row.to, toWire(row, service, contentType), row.deaths)\n      this.#confirmed.push(row.seq)',
        'this.#confirmed.push(row.seq)\n      await publisher.publish(row.to, toWire(row, service, contentType), row.deaths)',
      ),
    ],
    check: { project: 'int', file: 'packages/outbox/test/relay', test: 'deletes once confirmed and not before' },
  },
  {
    name: 'publish without `mandatory`',
    edits: [edit('packages/messaging/src/amqp/publisher.ts', 'mandatory: true', 'mandatory: false')],
    check: { project: 'int', file: 'packages/messaging/test/amqp.int', test: 'routing' },
  },
  {
    name: 'declare direct exchanges without their alternate exchange',
    edits: [
      edit(
        'packages/messaging/src/amqp/declare.ts',
        "'direct', { durable: true, alternateExchange: unrouted }",
        "'direct', { durable: true }",
      ),
    ],
    check: { project: 'int', file: 'packages/messaging/test/amqp-topology' },
  },
  {
    name: 'publish to an exchange before the inboxes exist',
    edits: [
      edit(
        'packages/messaging/src/amqp/publisher.ts',
        'this.#missing = this.#options.topology.awaits[0] ?? null',
        'this.#missing = null',
      ),
      edit(
        'packages/messaging/src/amqp/publisher.ts',
        '      this.#missing = inbox\n',
        '      this.#missing = inbox && null\n',
      ),
    ],
    check: { project: 'int', file: 'packages/messaging/test/amqp-start' },
  },
  {
    name: 'bring a failed message back through the fanout',
    edits: [
      edit(
        'packages/messaging/src/amqp/queue-arguments.ts',
        "...deadLetteringTo(direct, queue), 'x-message-ttl'",
        "...deadLetteringTo(direct.replace(/direct$/, 'events'), queue), 'x-message-ttl'",
      ),
    ],
    check: { project: 'int', file: 'packages/messaging/test/amqp.int', test: 'brings a failed message back' },
  },
  {
    name: 'acknowledge *multiple* past an unfinished tag',
    edits: [
      edit(
        'packages/messaging/src/amqp/tag-window.ts',
        'return { upTo, singly: [...finished] }',
        'return { upTo: Math.max(upTo ?? 0, ...finished) || null, singly: [] }',
      ),
    ],
    check: { project: 'unit', file: 'packages/messaging/test/tag-window' },
  },
  {
    name: 'skip rows at the sweep whose number is below the last one',
    edits: [
      edit(
        'packages/outbox/src/outbox.ts',
        'select seq from outbox where leased_until <= clock_timestamp() order by seq',
        'select seq from outbox where leased_until <= clock_timestamp() and seq > coalesce((select max(seq) from outbox where leased_until > clock_timestamp()), 0) order by seq',
      ),
    ],
    check: { project: 'int', file: 'packages/outbox/test/relay', test: 'does not care about gaps' },
  },
  {
    name: 'lose the trace context in the outbox',
    edits: [
      edit(
        'packages/outbox/src/outbox.ts',
        'messages.map(({ traceparent }) => traceparent ?? null),',
        'messages.map(() => null),',
      ),
      edit(
        'packages/service/src/batch.ts',
        'body: Buffer.from(encode(message, publishVersions))',
        'body: Buffer.from(encode({ ...message, traceparent: undefined }, publishVersions))',
      ),
    ],
    check: { project: 'int', file: 'local/test/tracing' },
  },
  {
    name: 'take a timeout of the gateway for a decline',
    edits: [
      edit(
        'services/payment/src/tasks/charge.ts',
        '    const outcome = await gateway.charge({ orderId, amount, currency, method }, begin, signal)\n',
        "    const declined = () => ({ status: 'declined', reference: 'none', code: 'timeout' }) as const\n    const outcome = await gateway.charge({ orderId, amount, currency, method }, begin, signal).catch(declined)\n",
      ),
    ],
    check: { project: 'int', file: 'services/payment/test/charge' },
  },
  {
    name: 'create another object at the gateway at each try',
    edits: [
      edit(
        'services/payment/src/gateway/keys.ts',
        'createKey = (orderId: string): string =>',
        'createKey = (orderId: string): string => Math.random() +',
      ),
      edit(
        'services/payment/src/db/payment-table.ts',
        'set gateway_reference = coalesce(payment.gateway_reference, offered.reference)',
        'set gateway_reference = offered.reference',
      ),
    ],
    check: { project: 'int', file: 'services/payment/test/charge' },
  },
  {
    name: 'refund at every OrderCancelled',
    edits: [
      edit(
        'services/payment/src/reactions/order-cancelled.ts',
        "    case 'captured':\n      return giveBack(payment)\n",
        "    case 'captured':\n    case 'refunding':\n      return giveBack({ ...payment, status: 'captured' })\n",
      ),
      edit(
        'services/payment/src/reactions/order-cancelled.ts',
        "    case 'voided':\n    case 'refunding':\n",
        "    case 'voided':\n",
      ),
    ],
    check: { project: 'unit', file: 'services/payment/test/reactions' },
  },
  {
    name: 'send a late capture under the id of an earlier outcome',
    edits: [
      edit(
        'packages/events/src/internal/charge-succeeded.ts',
        'identity: ({ gatewayReference }) => gatewayReference,',
        "identity: () => '',",
      ),
    ],
    check: { project: 'unit', file: 'packages/events/test/seal' },
  },
  {
    name: 'release without a tombstone',
    edits: [
      edit(
        'services/inventory/src/reactions/order-cancelled.ts',
        "    case undefined:\n    case 'pending':\n",
        "    case undefined:\n      return { events: [draft('InventoryReleased', { orderId, lines: [] })] }\n    case 'pending':\n",
      ),
    ],
    check: { project: 'unit', file: 'services/inventory/test/reactions' },
  },
  {
    name: 'check stock without locking its row',
    edits: [
      edit(
        'services/inventory/src/db/stock-table.ts',
        'from stock where sku = any($1::text[]) order by sku for update',
        'from stock where sku = any($1::text[]) order by sku',
      ),
    ],
    check: { project: 'int', file: 'services/inventory/test/tables', test: 'sell the last piece once' },
  },
  {
    name: 'overwrite a tombstone by an upsert',
    edits: [
      edit(
        'services/inventory/src/db/reservation-table.ts',
        '     order by order_id`,\n    columnsOf(reservations),\n  )\n}\n\n/** Writes',
        '     order by order_id\n     on conflict (order_id) do update set status = excluded.status, waits_for = excluded.waits_for, lines = excluded.lines`,\n    columnsOf(reservations),\n  )\n}\n\n/** Writes',
      ),
    ],
    check: { project: 'int', file: 'services/inventory/test/tables', test: 'never overwrite the tombstone' },
  },
  {
    name: 'settle a cancelled order before both answers are in',
    edits: [
      edit(
        'services/order/src/domain/order.ts',
        "return paymentAnswered(payment) && (inventory === 'rejected' || inventory === 'released')",
        'return paymentAnswered(payment)',
      ),
    ],
    check: { project: 'unit', file: 'services/order/test/reactions' },
  },
  {
    name: 'give the first order’s answer to another order under the same idempotency key',
    edits: [
      edit(
        'services/order/src/http/post-order.ts',
        'if (stored.requestHash === requestHash) return stored.response',
        'if (stored.requestHash) return stored.response',
      ),
    ],
    check: { project: 'int', file: 'services/order/test/http', test: 'refuses another order under a used key' },
  },
]
