import type { ListedOrderPage } from '../api/types.ts'

/** The number of orders on a page, with a plus if further pages exist. */
export const Count = ({ page: { items, nextCursor } }: { readonly page: ListedOrderPage }) => (
  <span class="count">
    {items.length}
    {nextCursor !== null && '+'}
  </span>
)
