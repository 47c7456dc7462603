/** The actions on a refund that the gateway has refused. */
import { post } from '../../api/client.ts'
import type { ListedOrder, Payment } from '../../api/types.ts'
import { moneyOf, shortId } from '../../format.ts'
import { operator } from '../../operator.ts'
import { ActionDialog } from '../../parts/action-dialog.tsx'
import { useOrderResource } from '../order/use-order-resource.ts'

interface RefundActionsProps {
  readonly order: ListedOrder
  readonly onChange: () => void
}

/** The amount changes only with the order, so it is read again less often than other parts, ms. */
const idleMs = 60_000

export const RefundActions = ({ order, onChange }: RefundActionsProps) => {
  const { body: payment } = useOrderResource<Payment>(order.id, `/payment/payments/${order.id}`, idleMs)
  const amount = payment ? moneyOf(payment.captured - payment.refunded, payment.currency) : 'the captured amount'
  const refund = async (body: unknown) => {
    await post(`/payment/payments/${order.id}/refund`, { operator: operator.value, body })
    onChange()
  }
  return (
    <>
      <ActionDialog
        label="Retry the refund…"
        title={`Retry the refund of order ${shortId(order.id)}?`}
        confirm="Retry the refund"
        act={() => refund({ manual: false })}
      >
        <p>
          Payment requests {amount} from the gateway again. If the gateway refuses again, the order is listed here
          again.
        </p>
      </ActionDialog>
      <ActionDialog
        label="Record it as made by hand…"
        title={`Record the refund of order ${shortId(order.id)}?`}
        confirm="Record the refund"
        dangerous
        act={(fields) => refund({ manual: true, reference: String(fields.get('reference')).trim() })}
      >
        <p>
          Record it only after the customer has got {amount} in another way. The order is then settled, and the gateway
          is not asked again. This can’t be undone.
        </p>
        <label>
          The proof, such as the number of a bank transfer
          <input name="reference" required pattern=".*\S.*" maxLength={255} autocomplete="off" />
        </label>
      </ActionDialog>
    </>
  )
}
