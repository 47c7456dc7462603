import type { ListedOrderPage } from '../api/types.ts'

/** Stands for a number that is not known. `title`: says so. */
export const Unknown = ({ title }: { readonly title: string }) => (
  <span class="count" title={title}>
    ?<span class="visually-hidden">unknown</span>
  </span>
)

/** The number of orders on a page, with a plus if further pages exist. */
export const Count = ({ page: { items, nextCursor } }: { readonly page: ListedOrderPage }) => (
  <span class="count">
    {items.length}
    {nextCursor !== null && '+'}
  </span>
)
