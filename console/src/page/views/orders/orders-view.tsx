/** The newest orders, filtered by the address, and how orders end. */
import { useState } from 'preact/hooks'
import type { ListedOrderPage } from '../../api/types.ts'
import { nowMs } from '../../clock.ts'
import { sampledAtMs } from '../../live.ts'
import { givenOf, query, withQuery } from '../../location.ts'
import { Failure } from '../../parts/failure.tsx'
import { useTitle } from '../../parts/use-title.ts'
import { usePaused } from '../../paused.ts'
import { useShared } from '../../shared.ts'
import { useResource } from '../../use-resource.ts'
import { stuckEveryMs } from '../stuck/use-stuck-orders.ts'
import { concerns } from './concerns.ts'
import { EmptyShop } from './empty-shop.tsx'
import { Filters } from './filters.tsx'
import { OrderTable } from './order-table.tsx'
import { OutcomeSummary } from './outcome-summary.tsx'
import { Search } from './search.tsx'

const pageSize = 50

/** The parameters of the address, which are those of the route. */
const parameters = ['status', 'customerId', 'reference', 'idSuffix', 'stuck', 'cursor']

export const OrdersView = () => {
  useTitle('Orders')
  const { stuck } = useShared()
  const [paused, setPaused] = useState(false)
  usePaused(paused)
  const search = query.value
  const given = givenOf(parameters)
  const route = `/order/orders?${new URLSearchParams([...given, ['limit', String(pageSize)]])}`
  const { body, error, reload } = useResource<ListedOrderPage>(route, {
    paused,
    isConcerned: concerns(search),
    ...(search.has('stuck') && { everyMs: stuckEveryMs }),
  })
  return (
    <>
      <h1 class="visually-hidden">Orders</h1>
      <OutcomeSummary />
      <div class="toolbar">
        <Search />
        <Filters />
        <Note isPaused={paused} />
        <button type="button" aria-pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? 'Resume' : 'Pause'}
        </button>
      </div>
      {error && <Failure what={body ? 'The newest state of the orders' : 'The orders'} error={error} retry={reload} />}
      {!body && !error && <p class="loading">Loading…</p>}
      {body && body.items.length > 0 && <OrderTable orders={body.items} newestStuck={stuck.body?.items[0]?.id} />}
      {body && !error && body.items.length === 0 && (given.size > 0 ? <NoMatch /> : <EmptyShop />)}
      {body && <Pager next={body.nextCursor} isFirst={!search.has('cursor')} />}
    </>
  )
}

/** Says that the table does not show every change. */
const Note = ({ isPaused }: { readonly isPaused: boolean }) => {
  const isSample = nowMs.value - sampledAtMs.value < sampleNoteMs
  return (
    <p class="sample" role="status">
      {isPaused
        ? 'The list is paused, and shows no changes.'
        : isSample && 'Many orders change: this is a sample, once a second.'}
    </p>
  )
}

const sampleNoteMs = 5_000

const NoMatch = () => (
  <section class="notice">
    <h2>No order matches</h2>
    <p>
      <a href="/">Show all orders</a>
    </p>
  </section>
)

const Pager = ({ next, isFirst }: { readonly next: string | null; readonly isFirst: boolean }) => (
  <nav class="pager" aria-label="Pages">
    {!isFirst && <a href={withQuery({ cursor: null })}>Newest</a>}
    {next !== null && <a href={withQuery({ cursor: next })}>Older</a>}
  </nav>
)
