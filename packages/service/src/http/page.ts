/** Keyset pagination: a cursor says after which key the next page begins, so pages stay true while rows come and go. */
import { z } from 'zod'
import { Problem } from './problem.ts'

/** Query parameters of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(200).optional(),
}

export interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}

export const pageSchema = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })

/**
 * The key that a cursor stands for, checked by the key's schema.
 * @throws {Problem} 422 for a cursor that none of our pages has given.
 */
export const readCursor = <Key>(cursor: string | undefined, key: z.ZodType<Key>): Key | null => {
  if (cursor === undefined) return null
  const parsed = key.safeParse(Buffer.from(cursor, 'base64url').toString())
  if (parsed.success) return parsed.data
  throw new Problem('invalid-fields', 'The cursor is none that a page has given.', {
    errors: [{ pointer: '/cursor', detail: 'must be the nextCursor of a page' }],
  })
}

/** Makes a page of rows in order, of which one more than `limit` was asked for. */
export const toPage = <Row, Item>(
  rows: readonly Row[],
  limit: number,
  { key, item }: { key: (row: Row) => string | number; item: (row: Row) => Item },
): Page<Item> => {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = rows.length > limit && last !== undefined
  return { items: shown.map(item), nextCursor: more ? Buffer.from(String(key(last))).toString('base64url') : null }
}
