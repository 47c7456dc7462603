/** Cancels an open order, after a question that says what will happen. */
import { post } from '../../api/client.ts'
import type { Order } from '../../api/types.ts'
import { moneyOf, shortId } from '../../format.ts'
import { operator } from '../../operator.ts'
import { ActionDialog } from '../../parts/action-dialog.tsx'
import { useFrozen } from '../../parts/asking.ts'

interface CancelOrderProps {
  readonly order: Order
  readonly onChange: () => void
}

export const CancelOrder = ({ order, onChange }: CancelOrderProps) => {
  const isOpen = order.status === 'placed' || order.status === 'paid'
  const isShown = useFrozen(isOpen)
  const cancel = async () => {
    try {
      await post(`/order/orders/${order.id}/cancel`, { operator: operator.value })
    } finally {
      onChange()
    }
  }
  if (!isShown) return null
  return (
    <ActionDialog
      label="Cancel the order…"
      title={`Cancel order ${shortId(order.id)}?`}
      confirm="Cancel the order"
      dangerous
      obstacle={isOpen ? undefined : `The order has ended as ${order.status}.`}
      act={cancel}
    >
      <p>
        The order ends as cancelled by the customer. If {moneyOf(order.total, order.currency)} was captured, it is
        refunded. Reserved stock is released. This can’t be undone.
      </p>
    </ActionDialog>
  )
}
