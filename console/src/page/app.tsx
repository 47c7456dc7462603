/** The frame of all views: the skip link, the bar with the views, and the view of the address. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ViewName } from '../views.ts'
import { isAbsent } from './api/client.ts'
import { settings } from './live.ts'
import { query, view } from './location.ts'
import { ConnectionNotice, ConnectionState } from './parts/connection-state.tsx'
import { Count, Unknown } from './parts/count.tsx'
import { SharedProvider } from './shared.ts'
import { DeadLetterView } from './views/dead-letters/dead-letter-view.tsx'
import { GroupView } from './views/dead-letters/group-view.tsx'
import { GroupsView } from './views/dead-letters/groups-view.tsx'
import { type DeadLetterGroups, useDeadLetterGroups } from './views/dead-letters/use-dead-letter-groups.ts'
import { FlowView } from './views/flow/flow-view.tsx'
import { QueueView } from './views/flow/queue/queue-view.tsx'
import { InvariantsView } from './views/invariants/invariants-view.tsx'
import { brokenIn, useAudit } from './views/invariants/use-audit.ts'
import { NotFoundView } from './views/not-found-view.tsx'
import { OperationsView } from './views/operations/operations-view.tsx'
import { OrderView } from './views/order/order-view.tsx'
import { OrdersView } from './views/orders/orders-view.tsx'
import { StuckView } from './views/stuck/stuck-view.tsx'
import { useStuckOrders } from './views/stuck/use-stuck-orders.ts'
import { BrokenBanner } from './views/try/broken-banner.tsx'
import { TryView } from './views/try/try-view.tsx'
import { useDemo } from './views/try/use-demo.ts'

export const App = () => {
  const stuck = useStuckOrders()
  const audit = useAudit(view.value?.view === 'invariants')
  const deadLetters = useDeadLetterGroups()
  const demo = useDemo()
  const broken = brokenIn(audit.body)
  const isAuditUnknown = (audit.error && !isAbsent(audit.error)) || audit.body?.failure
  return (
    <SharedProvider value={{ stuck, audit, deadLetters, demo }}>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="bar">
        <a class="brand" href="/">
          <img src="/assets/favicon.svg" alt="" width="22" height="22" />
          <span>Quadrille</span>
        </a>
        <nav aria-label="Views">
          <Link href="/" views={['orders', 'order']}>
            Orders
          </Link>
          <Link href="/stuck" views={['stuck']}>
            Stuck
            {stuck.error && <Unknown title="The stuck orders are not known" />}
            {!stuck.error && stuck.body && stuck.body.items.length > 0 && <Count page={stuck.body} />}
          </Link>
          <Link href="/dead-letters" views={['deadLetters', 'deadLetterGroup', 'deadLetter']}>
            Dead letters
            <LetterCount {...deadLetters} />
          </Link>
          <Link href="/flow" views={['flow', 'queue']}>
            Flow
          </Link>
          <Link href="/invariants" views={['invariants']}>
            Invariants
            {broken > 0 && <span class="count">{broken}</span>}
            {broken === 0 && isAuditUnknown && <Unknown title="The result of the audit is not known" />}
          </Link>
          <Link href="/operations" views={['operations']}>
            Operations
          </Link>
          {(settings.value.demo ?? demo.body) && (
            <Link href="/try" views={['tryIt']}>
              Try it
            </Link>
          )}
        </nav>
        <ConnectionState />
      </header>
      <ConnectionNotice />
      <BrokenBanner />
      <CurrentView />
    </SharedProvider>
  )
}

/** A plus stands for those of services that do not answer, and of groups that are not listed. */
const LetterCount = ({ count, isCut, down }: DeadLetterGroups) => {
  const title = `The dead letters of ${down.map(({ service }) => service).join(', ')} are not known`
  if (down.length > 0 && count === 0) return <Unknown title={title} />
  if (count === 0) return null
  return (
    <span class="count" title={down.length > 0 ? title : undefined}>
      {count}
      {(down.length > 0 || isCut) && '+'}
    </span>
  )
}

interface LinkProps {
  readonly href: string
  /** It is the link of these views. */
  readonly views: readonly ViewName[]
  readonly children: ComponentChildren
}

const Link = ({ href, views, children }: LinkProps) => {
  const link = useRef<HTMLAnchorElement>(null)
  const isCurrent = view.value !== undefined && views.includes(view.value.view)
  useEffect(() => {
    if (isCurrent && link.current) showInBar(link.current)
  }, [isCurrent])
  return (
    <a href={href} aria-current={isCurrent ? 'page' : undefined} ref={link}>
      {children}
    </a>
  )
}

/** On a phone the bar is wider than the screen. The page itself does not move, as it would by `scrollIntoView`. */
const showInBar = (link: HTMLElement): void => {
  const bar = link.parentElement
  if (bar) bar.scrollLeft = link.offsetLeft - bar.offsetLeft - (bar.clientWidth - link.clientWidth) / 2
}

/** The focus moves to a new view, so that screen readers and the keyboard continue there. */
const CurrentView = () => {
  const main = useRef<HTMLElement>(null)
  const isFirst = useRef(true)
  const shown = `${view.value?.view} ${view.value?.service} ${view.value?.id}`
  const search = query.value.toString()
  useEffect(() => {
    if (!isFirst.current) main.current?.focus()
  }, [shown])
  useEffect(() => {
    const isLost = document.activeElement === document.body // a link has gone with what it has changed, such as a filter
    if (!isFirst.current && isLost) main.current?.focus({ preventScroll: true })
    isFirst.current = false
  }, [search])
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
    case 'stuck':
      return <StuckView />
    case 'deadLetters':
      return <GroupsView />
    case 'deadLetterGroup':
      return <GroupView key={query.value.toString()} service={view.value.service} />
    case 'deadLetter':
      return <DeadLetterView service={view.value.service} id={view.value.id} />
    case 'invariants':
      return <InvariantsView />
    case 'operations':
      return <OperationsView />
    case 'flow':
      return <FlowView />
    case 'queue':
      return <QueueView service={view.value.service} name={view.value.id} />
    case 'tryIt':
      return <TryView />
    case undefined:
      return <NotFoundView />
  }
}
