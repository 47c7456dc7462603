/**
 * An SQL expression: a hash of the goods in the column `lines`, by which an order and its reservation are compared without
 * carrying them over. It is linear in the quantities, so a SKU on two lines counts as their sum, and the lines' order doesn't.
 * md5, because hashes of Postgres's own may differ from one version to the next.
 */
export const linesHash = `(
  select sum(('x' || left(md5(sku), 8))::bit(32)::bigint * quantity)::text
  from jsonb_to_recordset(lines) as line (sku text, quantity bigint)
)`
