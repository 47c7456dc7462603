/**
 * Keyset pagination: a cursor contains the key after which the next page begins, so pages stay consistent while rows
 * are added and deleted.
 */
import { z } from 'zod'
import { Problem } from './problem.ts'

const limit = z.int('must be a whole number from 1 to 100').min(1).max(100)

/** Query parameters of every list. */
export const pageQuery = {
  limit: z
    .preprocess((text) => (typeof text === 'string' && /^\d{1,3}$/.test(text) ? Number(text) : text), limit)
    .prefault(50) // OpenAPI shows it as the default; `default` belongs to the output, which a conversion hides
    .meta({ description: 'The maximum number of items on the page. A page also ends after 1 MB.' }),
  cursor: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'The `nextCursor` of the previous page. Without it the first page is returned.' }),
}

export interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}

/** The schema of a page. Its title and example are derived from those of the item. */
export const pageSchema = <Item extends z.ZodType>(item: Item) => {
  const { title, examples = [] } = item.meta() ?? {}
  return z
    .object({
      items: z.array(item).meta({ description: 'The items of this page.' }),
      nextCursor: z.string().nullable().meta({ description: 'The cursor of the next page; null on the last page.' }),
    })
    .meta({
      ...(title !== undefined && { title: `${title}Page` }),
      description: 'One page of a list.',
      examples: [{ items: examples, nextCursor: null }],
    })
}

/**
 * Decodes a cursor to its key, and checks it by the key's schema.
 * @throws {Problem} 422 if the cursor is invalid.
 */
export const readCursor = <Key>(cursor: string | undefined, key: z.ZodType<Key>): Key | null => {
  if (cursor === undefined) return null
  const parsed = key.safeParse(Buffer.from(cursor, 'base64url').toString())
  if (parsed.success) return parsed.data
  throw new Problem('invalid-fields', 'Invalid cursor.', {
    errors: [{ pointer: '/cursor', detail: 'must be the nextCursor of a page' }],
  })
}

/** A page ends after this many bytes of JSON, but has at least one item. */
const maxPageBytes = 1_000_000

/**
 * Creates a page from sorted rows. The caller loads one row more than `limit`. A page of more than 1 MB ends early, but
 * has at least one item. The cursor leads to the rest.
 */
export const toPage = <Row, Item>(
  rows: readonly Row[],
  limit: number,
  { key, item }: { key: (row: Row) => string | number; item: (row: Row) => Item },
): Page<Item> => {
  const items: Item[] = []
  let bytes = 0
  for (const row of rows.slice(0, limit)) {
    const shown = item(row)
    bytes += Buffer.byteLength(JSON.stringify(shown))
    if (bytes > maxPageBytes && items.length > 0) break
    items.push(shown)
  }
  const last = rows[items.length - 1]
  const more = rows.length > items.length && last !== undefined
  return { items, nextCursor: more ? Buffer.from(String(key(last))).toString('base64url') : null }
}
