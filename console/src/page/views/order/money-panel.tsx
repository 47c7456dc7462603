import { Fragment } from 'preact'
import type { Payment } from '../../api/types.ts'
import { moneyOf, timeOf, wordsOf } from '../../format.ts'
import { ServicePanel } from './service-panel.tsx'

export const MoneyPanel = ({ orderId }: { readonly orderId: string }) => (
  <ServicePanel<Payment>
    title="Money"
    orderId={orderId}
    path={`/payment/payments/${orderId}`}
    unknown="Payment does not know the order yet."
  >
    {({ status, captured, refunded, currency, attempts, gatewayReference, refund }) => (
      <dl class="figures">
        <dt>Status</dt>
        <dd>{wordsOf(status)}</dd>
        <dt>Captured</dt>
        <dd>{moneyOf(captured, currency)}</dd>
        <dt>Refunded</dt>
        <dd>{moneyOf(refunded, currency)}</dd>
        <dt>Charge attempts</dt>
        <dd>{attempts}</dd>
        {gatewayReference !== null && (
          <>
            <dt>Gateway reference</dt>
            <dd class="id">{gatewayReference}</dd>
          </>
        )}
        {refund && <RefundFigures refund={refund} />}
      </dl>
    )}
  </ServicePanel>
)

const RefundFigures = ({ refund }: { readonly refund: NonNullable<Payment['refund']> }) => {
  const { attempts, refusals, manualReference } = refund
  return (
    <>
      <dt>Refund attempts</dt>
      <dd>{attempts}</dd>
      {refusals.map(({ attempt, code, at }) => (
        <Fragment key={attempt}>
          <dt>Refused {timeOf(at)}</dt>
          <dd class="alarming">{wordsOf(code ?? 'no reason given')}</dd>
        </Fragment>
      ))}
      {manualReference !== null && (
        <>
          <dt>Made by hand</dt>
          <dd>{manualReference}</dd>
        </>
      )}
    </>
  )
}
