/** Places orders of each ending, and breaks and repairs parts of a shop that is a demo. */
import type { DemoAction, DemoView } from '../../../demo.ts'
import { demo, demoError, reloadDemo } from '../../demo.ts'
import { Failure } from '../../parts/failure.tsx'
import { useTitle } from '../../parts/use-title.ts'
import { settings } from '../../settings.ts'
import { BreakCard } from './break-card.tsx'
import { OrderCard } from './order-card.tsx'

export const TryView = () => {
  useTitle('Try it')
  if (settings.value.demo === false) return <NoDemo />
  const { value: view } = demo
  const { value: error } = demoError
  return (
    <>
      <h1>Try it</h1>
      {error && <Failure what="What can be tried" error={error} retry={reloadDemo} />}
      {!view && !error && <p class="loading">Loading…</p>}
      {view && <Actions view={view} />}
    </>
  )
}

const Actions = ({ view }: { readonly view: DemoView }) => (
  <>
    <section class="try">
      <h2>Place an order</h2>
      <p class="faint">Each of these orders ends in another way.</p>
      <ul>
        {ofGroup(view, 'order').map((action) => (
          <OrderCard key={action.id} action={action} />
        ))}
      </ul>
    </section>
    <section class="try">
      <h2>Break something</h2>
      <p class="faint">
        Each fault is real. No order is lost. A restart of <code>npm start</code> repairs everything.
      </p>
      <ul>
        {ofGroup(view, 'break').map((action) => (
          <BreakCard key={action.id} action={action} view={view} />
        ))}
      </ul>
    </section>
  </>
)

const ofGroup = ({ actions }: DemoView, group: DemoAction['group']): DemoAction[] =>
  actions.filter((action) => action.group === group)

const NoDemo = () => (
  <section class="notice">
    <h1>This shop is not a demo</h1>
    <p>
      Only a shop that <code>npm start</code> runs with the demo catalog, or with <code>DEMO=on</code>, can be broken
      from here. <a href="/">Show the orders</a>
    </p>
  </section>
)
