import { Fragment } from 'preact'
import type { Reservation } from '../../api/types.ts'
import { wordsOf } from '../../format.ts'
import { ServicePanel } from './service-panel.tsx'

/** An order has up to 1,000 SKUs. Further ones are only counted. */
const maxShown = 20

/** The meaning of the numbers of pieces. */
const pieces: Readonly<Record<Reservation['status'], string>> = {
  pending: 'wanted',
  reserved: 'reserved',
  rejected: 'wanted',
  released: 'released',
  committed: 'taken',
}

export const StockPanel = ({ orderId }: { readonly orderId: string }) => (
  <ServicePanel<Reservation>
    title="Stock"
    orderId={orderId}
    path={`/inventory/reservations/${orderId}`}
    unknown="Inventory does not know the order yet."
  >
    {({ status, lines }) => (
      <dl class="figures">
        <dt>Status</dt>
        <dd>{wordsOf(status)}</dd>
        {lines.slice(0, maxShown).map(({ sku, quantity }) => (
          <Fragment key={sku}>
            <dt class="sku">{sku}</dt>
            <dd>
              {quantity.toLocaleString()} {pieces[status]}
            </dd>
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
