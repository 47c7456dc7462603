import type { Client } from 'pg'

/** Records a receipt of the goods that the copies have taken, before the first of them. So the stock stays as it is. */
export const receiveCopiedStock = async (client: Client, { since }: { readonly since: Date }): Promise<void> => {
  await client.query(
    `insert into stock_movement (sku, kind, quantity, at)
     select sku, 'receipt', taken - moved + on_hand, $1
     from stock
     join (select sku, sum(quantity)::bigint as moved from stock_movement group by sku) as movement using (sku)
     join (
       select line.sku collate "C" as sku, sum(quantity)::bigint as taken
       from reservation, jsonb_to_recordset(lines) as line (sku text, quantity bigint)
       where status = 'committed' group by 1
     ) as committed using (sku)
     where taken - moved + on_hand > 0`,
    [since],
  )
}
