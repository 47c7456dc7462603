/** The hash of no goods at all. */
export const noLines = 'none'

/**
 * An SQL expression: a hash of the goods in the column `lines`, to compare an order with its reservation without
 * transferring the lines. It is linear in the quantities, so a SKU on two lines counts as their sum, and the order of
 * lines does not matter. Lines of another JSON type count as none. It uses md5, because Postgres' own hash functions may differ between versions.
 */
export const linesHash = `(
  select coalesce(sum(('x' || left(md5(sku), 8))::bit(32)::bigint * quantity)::text, '${noLines}')
  from jsonb_to_recordset(case jsonb_typeof(lines) when 'array' then lines end) as line (sku text, quantity bigint)
)`
