import { shortId } from '../format.ts'

/** The end of an order's id, which leads to its page. */
export const OrderLink = ({ id }: { readonly id: string }) => (
  <a class="id" href={`/orders/${id}`} title={id}>
    {shortId(id)}
  </a>
)
