/** The frame of all views: the skip link, the bar with the views, and the view of the address. */
import { useEffect, useRef } from 'preact/hooks'
import { view } from './location.ts'
import { ConnectionNotice, ConnectionState } from './parts/connection-state.tsx'
import { NotFoundView } from './views/not-found-view.tsx'
import { OrderView } from './views/order/order-view.tsx'
import { OrdersView } from './views/orders/orders-view.tsx'

export const App = () => (
  <>
    <a class="skip" href="#main">
      Skip to the content
    </a>
    <header class="bar">
      <a class="brand" href="/">
        <img src="/assets/favicon.svg" alt="" width="22" height="22" />
        Quadrille
      </a>
      <nav aria-label="Views">
        <a href="/" aria-current={view.value?.view === 'orders' ? 'page' : undefined}>
          Orders
        </a>
      </nav>
      <ConnectionState />
    </header>
    <ConnectionNotice />
    <CurrentView />
  </>
)

/** The focus moves to a new view, so that screen readers and the keyboard continue there. */
const CurrentView = () => {
  const main = useRef<HTMLElement>(null)
  const isFirst = useRef(true)
  const shown = `${view.value?.view} ${view.value?.id}`
  useEffect(() => {
    if (!isFirst.current) main.current?.focus()
    isFirst.current = false
  }, [shown])
  return (
    <main id="main" tabIndex={-1} ref={main} key={shown}>
      {content()}
    </main>
  )
}

const content = () => {
  switch (view.value?.view) {
    case 'orders':
      return <OrdersView />
    case 'order':
      return <OrderView id={view.value.id} />
    case undefined:
      return <NotFoundView />
  }
}
