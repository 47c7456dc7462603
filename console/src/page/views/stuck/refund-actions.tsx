/** The actions on a refund that the gateway has refused. */
import { post } from '../../api/client.ts'
import type { Payment } from '../../api/types.ts'
import { moneyOf, shortId } from '../../format.ts'
import { operator } from '../../operator.ts'
import { ActionDialog } from '../../parts/action-dialog.tsx'

interface RefundActionsProps {
  readonly orderId: string
  /** The last answer. Undefined until it was read. */
  readonly payment: Payment | undefined
  /** Why the refusal can’t be answered at the moment. Undefined if it can. */
  readonly obstacle: string | undefined
  /** Called after a request, with what it did if the order is thereby settled. */
  readonly onChange: (done?: string) => void
}

export const RefundActions = ({ orderId, payment, obstacle, onChange }: RefundActionsProps) => {
  const amount = payment ? moneyOf(payment.captured, payment.currency) : 'the captured amount'
  const refund = async (body: unknown, done?: string) => {
    try {
      await post(`/payment/payments/${orderId}/refund`, { operator: operator.value, body })
    } catch (error) {
      onChange()
      throw error
    }
    onChange(done)
  }
  return (
    <>
      <ActionDialog
        label="Retry the refund…"
        title={`Retry the refund of order ${shortId(orderId)}?`}
        confirm="Retry the refund"
        primary={(payment?.refund?.attempts ?? 1) < 2}
        obstacle={obstacle}
        act={() => refund({ manual: false })}
      >
        <p>
          Payment asks the gateway again to pay {amount} back to the customer. A refused refund has moved no money, so
          this is safe to repeat. The answer appears beside the order.
        </p>
        <p>If the refund is made, the customer gets an email. After a further refusal there is none.</p>
        <GatewayNumber payment={payment} />
      </ActionDialog>
      <ActionDialog
        label="Record it as made by hand…"
        title={`Record the refund of order ${shortId(orderId)}?`}
        confirm="Record the refund"
        dangerous
        obstacle={obstacle}
        act={(fields) => {
          const reference = String(fields.get('reference')).trim()
          return refund(
            { manual: true, reference },
            `The refund of order ${shortId(orderId)} is recorded: ${reference}.`,
          )
        }}
      >
        <p>
          Record it only after the customer has received {amount} in another way. The order is then settled, and the
          gateway is not asked again. This can’t be undone.
        </p>
        <p>The customer then gets the same email as after a refund by the gateway.</p>
        <GatewayNumber payment={payment} />
        <label>
          The proof, such as the number of a bank transfer
          <input name="reference" required pattern=".*\S.*" maxLength={255} autocomplete="off" />
        </label>
      </ActionDialog>
    </>
  )
}

const GatewayNumber = ({ payment }: Pick<RefundActionsProps, 'payment'>) =>
  payment?.gatewayReference ? (
    <p>
      Gateway reference of the payment: <code>{payment.gatewayReference}</code>
    </p>
  ) : null
