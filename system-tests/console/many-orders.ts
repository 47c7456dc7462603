/** A shop with many orders, and how smoothly a page is drawn. */
import { openDatabase } from '@quadrille/postgres'
import type { Page } from 'playwright-core'

/** Inserts fulfilled orders without a history, the newest of them placed an hour ago. */
export const insertOrders = async (databaseUrl: string, count: number): Promise<void> => {
  const sql = openDatabase({ url: databaseUrl, applicationName: 'test', onIdleError: () => undefined })
  await sql.query(
    `insert into customer_order (id, status, settled, cancellation_reason, customer_id, customer_email, currency, total, lines,
                                 payment, inventory, notifications, created_at, updated_at, expires_at)
     select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(hash, 1, 3) || '8' || substr(hash, 4, 15))::uuid,
            'fulfilled', true, null, 'c-' || n % 1000, 'customer@example.com', 'EUR', 2500,
            '[{"sku": "mug", "quantity": 2, "unitPrice": 1250}]', 'captured', 'reserved', '[]', at, at, at + interval '1 hour'
     from (
       select n, md5(n::text) as hash, now() - interval '1 hour' - n * interval '1 second' as at
       from generate_series(1, $1::integer) as n
     ) as orders`,
    [count],
  )
  await sql.end()
}

export interface Frames {
  readonly count: number
  /** The number of those that took 100 ms or more. */
  readonly slow: number
}

/** Watches the frames of the page until the function that it returns is called. */
export const watchFrames = async (page: Page): Promise<() => Promise<Frames>> => {
  await page.evaluate(`
    window.frameTimes = { count: 0, slow: 0 }
    new PerformanceObserver((list) => {
      frameTimes.slow += list.getEntries().filter(({ duration }) => duration >= 100).length
    }).observe({ type: 'long-animation-frame' })
    const count = () => { frameTimes.count += 1; requestAnimationFrame(count) }
    count()
  `)
  return () => page.evaluate('frameTimes')
}
