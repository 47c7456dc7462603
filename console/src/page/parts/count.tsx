import type { ListedOrderPage } from '../api/types.ts'

/** Stands for a number that is not known. `what`: as in "The stuck orders". */
export const Unknown = ({ what }: { readonly what: string }) => (
  <span class="count" title={`${what} can’t be shown`}>
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
