import { Fragment } from 'preact'
import type { Reservation } from '../../api/types.ts'
import { wordsOf } from '../../format.ts'
import { ServicePanel } from './service-panel.tsx'

/** An order has up to 1,000 SKUs. Further ones are only counted. */
const maxShown = 20

export const StockPanel = ({ orderId }: { readonly orderId: string }) => (
  <ServicePanel<Reservation>
    title="Stock"
    orderId={orderId}
    path={`/inventory/reservations/${orderId}`}
    unknown="Inventory has not heard of it yet."
  >
    {({ status, lines }) => (
      <dl class="figures">
        <dt>Status</dt>
        <dd>{wordsOf(status)}</dd>
        {lines.slice(0, maxShown).map(({ sku, quantity }) => (
          <Fragment key={sku}>
            <dt class="sku">{sku}</dt>
            <dd>{quantity}</dd>
          </Fragment>
        ))}
        {lines.length > maxShown && (
          <>
            <dt>Further SKUs</dt>
            <dd>{lines.length - maxShown}</dd>
          </>
        )}
      </dl>
    )}
  </ServicePanel>
)
