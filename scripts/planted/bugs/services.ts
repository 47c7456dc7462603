/** Bugs in what the services decide, do and call things. */
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
    check: { project: 'int', file: 'services/payment/test/compensation' },
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
