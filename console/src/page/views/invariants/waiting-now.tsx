/** Orders and messages that wait now. They are counted beside the result, because all invariants may hold nevertheless. */
import { type Shared, useShared } from '../../shared.ts'

type Waits = Pick<Shared, 'stuck' | 'deadLetters'>

export const WaitingNow = () => {
  const { stuck, deadLetters } = useShared()
  const isKnown = stuck.body !== undefined && !deadLetters.isLoading
  const { orders, refunds, letters } = countsOf({ stuck, deadLetters })
  const unknown = [
    ...(stuck.error ? ['stuck orders'] : []),
    ...deadLetters.down.map(({ service }) => `dead letters of ${service}`),
  ]
  return (
    <p>
      {orders + letters > 0 && (
        <>
          Waiting now: <Waiting href="/stuck" count={orders} noun="stuck order" orMore={hasMore(stuck)} />
          {refunds > 0 &&
            ` (${hasMore(stuck) ? 'at least ' : ''}${refunds.toLocaleString()} of them with a refused refund)`}
          , <Waiting href="/dead-letters" count={letters} noun="dead letter" orMore={deadLetters.isCut} />.
        </>
      )}
      {isKnown && orders + letters === 0 && unknown.length === 0 && (
        <span class="faint">No order is stuck, and there are no dead letters.</span>
      )}
      {unknown.length > 0 && <span class="alarming"> Unknown: {unknown.join(', ')}.</span>}
    </p>
  )
}

/** Whether an order or a message waits, or may wait. */
export const mayWait = ({ stuck, deadLetters }: Waits): boolean => {
  const { orders, letters } = countsOf({ stuck, deadLetters })
  const isKnown = stuck.body && !stuck.error && !deadLetters.isLoading && deadLetters.down.length === 0
  return orders + letters > 0 || !isKnown
}

/** An order whose refund was refused is one of the stuck ones. */
const countsOf = ({ stuck: { body }, deadLetters }: Waits) => ({
  orders: body?.items.length ?? 0,
  refunds: body?.items.filter(({ payment }) => payment.status === 'refund_failed').length ?? 0,
  letters: deadLetters.count,
})

/** Further ones are on the next page. */
const hasMore = ({ body }: Waits['stuck']): boolean => typeof body?.nextCursor === 'string'

interface WaitingProps {
  readonly href: string
  readonly count: number
  readonly noun: string
  /** Whether there may be more. Default: false. */
  readonly orMore?: boolean
}

const Waiting = ({ href, count, noun, orMore = false }: WaitingProps) => (
  <a href={href} class={count > 0 ? 'alarming' : undefined}>
    {count.toLocaleString()}
    {orMore && ' or more'} {noun}
    {(count !== 1 || orMore) && 's'}
  </a>
)
