/** When an open order expires, and what happens then. */
import type { Event } from '../../api/types.ts'
import { nowMs } from '../../clock.ts'
import { remainingOf, timeOf } from '../../format.ts'
import { Fact } from '../../parts/fact.tsx'
import { useResource } from '../../use-resource.ts'

/** An answer may be missing, ms. */
const everyMs = 60_000

/** The time of OrderPlaced, or nothing until it is known. A restore may have given the order more time in the order database. */
export const Expiry = ({ orderId }: { readonly orderId: string }) => {
  const path = `/order/orders/${orderId}/events?order=asc&limit=1`
  const { body } = useResource<{ readonly items: readonly Event[] }>(path, { everyMs })
  const expiresAt = body?.items[0]?.data['expiresAt']
  if (typeof expiresAt !== 'string') return null
  const remaining = remainingOf(expiresAt, nowMs.value)
  return (
    <Fact name="Expires">
      <time dateTime={expiresAt}>{timeOf(expiresAt)}</time>
      {remaining && <span class="faint"> in {remaining}</span>}
      <p class="note">
        {remaining ? (
          'If it is still open then, it is cancelled. A captured payment is refunded, and reserved stock is released.'
        ) : (
          <>
            It is due. Expiry may be paused: <code>expiryPaused</code> in <code>/health/ready</code> of the order
            service says why. Or the order was given more time after a restore.
          </>
        )}
      </p>
    </Fact>
  )
}
