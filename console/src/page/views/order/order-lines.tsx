import type { Order } from '../../api/types.ts'
import { moneyOf } from '../../format.ts'
import { Panel } from '../../parts/panel.tsx'

/** An order has up to 1,000 lines. Further ones are only counted. */
const maxShown = 20

/** The ordered items. */
export const OrderLines = ({ order: { lines, currency } }: { readonly order: Order }) => (
  <Panel title="Lines">
    <table class="lines">
      <thead class="visually-hidden">
        <tr>
          <th scope="col">SKU</th>
          <th scope="col">Quantity</th>
          <th scope="col">Price</th>
        </tr>
      </thead>
      <tbody>
        {lines.slice(0, maxShown).map(({ sku, quantity, unitPrice }, index) => (
          <tr key={index}>
            <td class="clipped">{sku}</td>
            <td class="number">{quantity.toLocaleString()} ×</td>
            <td class="number">{moneyOf(unitPrice, currency)}</td>
          </tr>
        ))}
      </tbody>
    </table>
    {lines.length > maxShown && <p class="faint">and {lines.length - maxShown} more</p>}
  </Panel>
)
