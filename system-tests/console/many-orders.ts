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
  /** The longest of those that took 50 ms or more, ms. 0 if there are none. */
  readonly longestMs: number
}

/** Watches the frames of the page until the function that it returns is called. */
export const watchFrames = async (page: Page): Promise<() => Promise<Frames>> => {
  await page.evaluate(`
    window.frames_ = { count: 0, longestMs: 0 }
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) frames_.longestMs = Math.max(frames_.longestMs, duration)
    }).observe({ type: 'long-animation-frame' })
    const count = () => { frames_.count += 1; requestAnimationFrame(count) }
    count()
  `)
  return () => page.evaluate('frames_')
}
