import type { ListedOrderPage } from '../../api/types.ts'

/**
 * Whether a change of these orders may concern a page of the list: an order on it, or an order that belongs on it by its id, because ids
 * sort by the time of placing. With a filter by status any change may matter.
 */
export const concerns =
  (search: URLSearchParams) =>
  (changed: readonly string[], page: ListedOrderPage | undefined): boolean => {
    if (!page || search.has('status') || search.has('stuck')) return true
    const oldest = page.nextCursor === null ? undefined : page.items.at(-1)?.id
    const isNewest = !search.has('cursor')
    const belongs = (id: string) => isNewest && (oldest === undefined || id > oldest)
    return changed.some((id) => belongs(id) || page.items.some((item) => item.id === id))
  }
