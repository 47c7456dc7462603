import type { Order } from '../../api/types.ts'
import { moneyOf } from '../../format.ts'

/** The ordered items. */
export const OrderLines = ({ order: { lines, currency } }: { readonly order: Order }) => (
  <section class="panel">
    <h2>Lines</h2>
    <table class="lines">
      <thead class="visually-hidden">
        <tr>
          <th scope="col">SKU</th>
          <th scope="col">Quantity</th>
          <th scope="col">Price</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ sku, quantity, unitPrice }, index) => (
          <tr key={index}>
            <td class="clipped">{sku}</td>
            <td class="number">{quantity} ×</td>
            <td class="number">{moneyOf(unitPrice, currency)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)
