import type { Payment } from '../../api/types.ts'
import { moneyOf, wordsOf } from '../../format.ts'
import { ServicePanel } from './service-panel.tsx'

export const MoneyPanel = ({ orderId }: { readonly orderId: string }) => (
  <ServicePanel<Payment>
    title="Money"
    orderId={orderId}
    path={`/payment/payments/${orderId}`}
    unknown="Payment has not heard of it yet."
  >
    {({ status, captured, refunded, currency, attempts }) => (
      <dl class="figures">
        <dt>Status</dt>
        <dd>{wordsOf(status)}</dd>
        <dt>Captured</dt>
        <dd>{moneyOf(captured, currency)}</dd>
        <dt>Refunded</dt>
        <dd>{moneyOf(refunded, currency)}</dd>
        <dt>Attempts</dt>
        <dd>{attempts}</dd>
      </dl>
    )}
  </ServicePanel>
)
