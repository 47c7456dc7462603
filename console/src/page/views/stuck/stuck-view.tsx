/** The orders that have not been settled for too long: why, and what helps. */
import { useState } from 'preact/hooks'
import type { ListedOrderPage } from '../../api/types.ts'
import { durationOf } from '../../format.ts'
import { useFrozen } from '../../parts/asking.ts'
import { Failure } from '../../parts/failure.tsx'
import { useTitle } from '../../parts/use-title.ts'
import { useShared } from '../../shared.ts'
import { useBlockingLetters } from '../../shop/blocking-letters.ts'
import { StuckOrder } from './stuck-order.tsx'

export const StuckView = () => {
  useTitle('Stuck')
  const { body: newest, error, reload } = useShared().stuck
  const body = useFrozen(newest)
  const [done, setDone] = useState('')
  return (
    <>
      <h1>Stuck orders</h1>
      {error && (
        <Failure
          what={body ? 'The newest state of the stuck orders' : 'The stuck orders'}
          error={error}
          retry={reload}
        />
      )}
      <p role="status" class="handled">
        {done}
      </p>
      {!body && !error && <p class="loading">Loading…</p>}
      {body && !error && body.items.length === 0 && <NothingStuck afterMs={body.stuckAfterMs} />}
      {body && body.items.length > 0 && (
        <StuckOrders
          page={body}
          onChange={(text = '') => {
            setDone(text)
            reload()
          }}
        />
      )}
    </>
  )
}

interface StuckOrdersProps {
  readonly page: ListedOrderPage
  readonly onChange: (done?: string) => void
}

const StuckOrders = ({ page: { items, nextCursor }, onChange }: StuckOrdersProps) => {
  const { letters } = useBlockingLetters(items.map(({ id }) => id))
  return (
    <>
      <ul class="stuck">
        {items.map((order) => (
          <StuckOrder key={order.id} order={order} letters={letters.get(order.id) ?? []} onChange={onChange} />
        ))}
      </ul>
      {nextCursor !== null && (
        <p>
          The newest {items.length} are shown. <a href="/?stuck=true">List all of them</a>
        </p>
      )}
    </>
  )
}

const NothingStuck = ({ afterMs }: { readonly afterMs: number | undefined }) => (
  <section class="notice">
    <h2>No order is stuck</h2>
    <p class="faint">
      An order is listed here if it is not settled{' '}
      {afterMs === undefined ? 'much longer than others' : `after ${durationOf(afterMs)}`}, for example because an
      answer is missing, or because the gateway has refused its refund. <a href="/">Show the orders</a>
    </p>
  </section>
)
