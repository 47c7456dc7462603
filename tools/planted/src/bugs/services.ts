/** Bugs in the reactions, tasks, tables and ids of the services. */
import { edit, type PlantedBug } from '../bug.ts'

export const serviceBugs: readonly PlantedBug[] = [
  {
    name: 'give up a refund',
    edits: [
      edit(
        'packages/events/src/choreography.ts',
        "compensates: ['OrderCancelled', 'CancelCharge', 'Refund'],",
        "compensates: ['OrderCancelled', 'CancelCharge'],",
      ),
    ],
    file: 'services/payment/test/compensation.int.test.ts',
    test: 'a refund is retried beyond RETRY_ATTEMPTS until it succeeds',
    failure: "expected [] to deeply equal [ { type: 'Refund' } ]",
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
    file: 'services/payment/test/charge.int.test.ts',
    test: 'if the worker has stopped waiting',
    failure: "expected [ 'PaymentDeclined' ] to deeply equal []",
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
        'set gateway_reference = coalesce(payment.gateway_reference, free.reference)',
        'set gateway_reference = free.reference',
      ),
    ],
    file: 'services/payment/test/charge.int.test.ts',
    test: 'captures once if the first worker crashed after the capture',
    failure: 'captures: 2',
  },
  {
    name: 'refund at every OrderCancelled',
    edits: [
      edit(
        'services/payment/src/reactions/cancellation.ts',
        'import { startRefund }',
        'import { beginRound, startRefund }',
      ),
      edit(
        'services/payment/src/reactions/cancellation.ts',
        "    case 'captured':\n      return startRefund(payment)\n",
        "    case 'captured':\n      return startRefund(payment)\n    case 'refunding':\n      return beginRound({ ...payment, status: 'captured' }, payment.round + 1)\n",
      ),
      edit(
        'services/payment/src/reactions/cancellation.ts',
        "    case 'voided':\n    case 'refunding':\n",
        "    case 'voided':\n",
      ),
    ],
    file: 'services/payment/test/reactions/cancellation.unit.test.ts',
    test: 'as a duplicate, given a payment that is refunding, does nothing',
    failure: 'events: [], …(1) } to deeply equal {}',
  },
  {
    name: 'send a late capture under the id of an earlier outcome',
    edits: [
      edit(
        'packages/messages/src/sealing.ts',
        'messageId(subject, type, ',
        "messageId(subject, type.replace('ChargeSucceeded', 'ChargeDeclined'), ",
      ),
    ],
    file: 'packages/events/test/ids.unit.test.ts',
    test: 'differs for another outcome, channel or occasion',
    failure: 'expected 8 to be 9',
  },
  {
    name: 'release without a tombstone',
    edits: [
      edit(
        'services/inventory/src/reactions/endings.ts',
        "    case undefined:\n    case 'pending':\n",
        "    case undefined:\n      return { events: [draft('InventoryReleased', { orderId, lines: [] })] }\n    case 'pending':\n",
      ),
    ],
    file: 'services/inventory/test/tables.int.test.ts',
    test: 'keep the tombstone of an order that was cancelled first',
    failure: "expected [ 'InventoryReserved' ] to deeply equal []",
  },
  {
    name: 'check stock without locking its row',
    edits: [
      edit('services/inventory/src/db/stock-table.ts', 'order by sku for update ${waits', 'order by sku ${waits'),
    ],
    file: 'services/inventory/test/tables.int.test.ts',
    test: 'sell the last piece once',
    failure: 'to have a length of 1 but got 2',
  },
  {
    name: 'overwrite a tombstone by an upsert',
    edits: [
      edit(
        'services/inventory/src/db/reservation-table.ts',
        ' order by order_id`,\n  values: given.values(reservations.map(toRow)),\n})\n\n/** Writes',
        ' order by order_id\n    on conflict (order_id) do update set status = excluded.status, waits_for = excluded.waits_for, lines = excluded.lines`,\n  values: given.values(reservations.map(toRow)),\n})\n\n/** Writes',
      ),
    ],
    file: 'services/inventory/test/tables.int.test.ts',
    test: 'never overwrite the tombstone of a concurrent transaction',
    failure: "to be 'conflict'",
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
    file: 'services/order/test/reactions.unit.test.ts',
    test: 'settles the order only if the stock is released or was rejected',
    failure: "to match object { payment: 'voided', settled: false }",
  },
  {
    name: 'count an order as open only after it was placed, so that many at once exceed the limit',
    edits: [
      edit(
        'services/order/src/order-limit.ts',
        'const open = () => counted + placedSince + beingPlaced',
        'const open = () => counted + placedSince',
      ),
    ],
    file: 'services/order/test/order-limit.unit.test.ts',
    test: 'an order counts while it is being placed, after that, and if it fails, because its outcome is then unknown',
    failure: 'expected undefined to match object { status: 503 }',
  },
  {
    name: 'give the first order’s answer to another order under the same idempotency key',
    edits: [
      edit(
        'services/order/src/http/first-responses.ts',
        'if (!stored || stored.requestHash === used.requestHash) return stored',
        'if (!stored || used.requestHash) return stored',
      ),
    ],
    file: 'services/order/test/http.int.test.ts',
    test: 'rejects a different order with a used key',
    failure: 'expected { status: 202',
  },
  {
    name: 'forget after a restore that inventory has rejected an order',
    edits: [
      edit(
        'tools/reconcile/src/comparisons/inventory.ts',
        "'InventoryReleased', 'InventoryRejected', 'InventoryReserved', 'OrderCancelled'] as const",
        "'InventoryReleased', 'InventoryReserved', 'OrderCancelled'] as const",
      ),
    ],
    file: 'system-tests/histories/restore.unit.test.ts',
    test: 'the invariants hold after a restore',
    failure:
      'a cancelled order has 1 of InventoryRejected, InventoryReleased, not InventoryRejected, InventoryReleased',
  },
  {
    name: 'forget after a restore that the order of a declined payment was cancelled',
    edits: [
      edit(
        'tools/reconcile/src/comparisons/payment.ts',
        '[...candidatesOf(payment), ...lateCancellation(payment)]',
        '[...candidatesOf(payment)]',
      ),
    ],
    file: 'system-tests/histories/restore.unit.test.ts',
    test: 'the invariants hold after a restore',
    failure: 'the payment follows from OrderPlaced',
    fullSize: true,
  },
]
