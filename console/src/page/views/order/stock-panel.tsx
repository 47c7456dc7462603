import type { Reservation } from '../../api/types.ts'
import { wordsOf } from '../../format.ts'
import { Panel } from './panel.tsx'

export const StockPanel = ({ orderId }: { readonly orderId: string }) => (
  <Panel<Reservation>
    title="Stock"
    orderId={orderId}
    path={`/inventory/reservations/${orderId}`}
    unknown="Inventory has not heard of it yet."
  >
    {({ status, lines }) => (
      <dl class="figures">
        <dt>Status</dt>
        <dd>{wordsOf(status)}</dd>
        {lines.map(({ sku, quantity }) => (
          <>
            <dt class="sku">{sku}</dt>
            <dd>{quantity}</dd>
          </>
        ))}
      </dl>
    )}
  </Panel>
)
