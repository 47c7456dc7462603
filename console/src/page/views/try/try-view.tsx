/** Places orders of each ending, and breaks and repairs parts of a shop that is a demo. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { DemoAction, DemoOutcome, DemoView, LookAt } from '../../../demo.ts'
import { isAbsent } from '../../api/client.ts'
import { settings } from '../../live.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { ActionDialog } from '../../parts/action-dialog.tsx'
import { Failure } from '../../parts/failure.tsx'
import { useTitle } from '../../parts/use-title.ts'
import { useShared } from '../../shared.ts'
import { RepairButton } from './broken-banner.tsx'
import { type ActionState, useAct, useAction } from './use-action.ts'

export const TryView = () => {
  useTitle('Try it')
  const { body: view, error, reload } = useShared().demo
  if (settings.value.demo === false || isAbsent(error)) return <NoDemo />
  return (
    <>
      <h1>Try it</h1>
      {error && <Failure what="What can be tried" error={error} retry={reload} />}
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

/** Places an order. That harms nothing, so it does not ask first. */
const OrderCard = ({ action }: { readonly action: DemoAction }) => {
  const { state, run } = useAction(action.id)
  return (
    <Card action={action}>
      <ActionButton disabled={state.kind === 'running'} onClick={() => void run()}>
        Place it <span class="visually-hidden">: {action.title}</span>
      </ActionButton>
      <Outcome state={state} />
    </Card>
  )
}

/** Something to break: asks first, shows while it is broken, and repairs it. */
const BreakCard = ({ action, view }: { readonly action: DemoAction; readonly view: DemoView }) => {
  const broken = view.broken.find(({ repair }) => repair === action.repairedBy)
  if (!broken)
    return (
      <Card action={action}>
        <Break action={action} />
      </Card>
    )
  return (
    <Card action={action} isBroken>
      <RepairButton broken={broken} view={view} />
      <p class="outcome-line">
        {broken.text} <LookAtLink lookAt={broken.lookAt} />
      </p>
    </Card>
  )
}

const Break = ({ action: { id, title, effect, available, repairedBy } }: { readonly action: DemoAction }) => {
  const [outcome, setOutcome] = useState<DemoOutcome>()
  const act = useAct()
  return (
    <>
      <ActionDialog
        label={`${title}…`}
        title={`${title}?`}
        confirm={title}
        dangerous
        disabled={!available}
        asksName={false}
        act={async () => setOutcome(await act(id))}
      >
        <p>{effect}</p>
        {repairedBy !== null && <p class="faint">Every page shows a button that repairs it.</p>}
      </ActionDialog>
      {outcome && repairedBy === null && <Outcome state={{ kind: 'done', outcome }} />}
    </>
  )
}

interface CardProps {
  readonly action: DemoAction
  readonly isBroken?: boolean
  readonly children: ComponentChildren
}

/** An action: its title, its effect, and what can be done. */
const Card = ({ action: { title, effect }, isBroken = false, children }: CardProps) => (
  <li class={isBroken ? 'panel broken' : 'panel'}>
    <h3>{title}</h3>
    <p>{effect}</p>
    <div class="actions">{children}</div>
  </li>
)

/** The effect of an action, and a link to the view that shows it. Screen readers announce it. */
const Outcome = ({ state }: { readonly state: ActionState }) => (
  <p class="outcome-line" role="status">
    {state.kind === 'running' && 'In progress…'}
    {state.kind === 'failed' && <span class="alarming">{state.reason}</span>}
    {state.kind === 'done' && (
      <>
        {state.outcome.text} {state.outcome.lookAt && <LookAtLink lookAt={state.outcome.lookAt} />}
      </>
    )}
  </p>
)

const LookAtLink = ({ lookAt: { title, path } }: { readonly lookAt: LookAt }) => <a href={path}>{title}</a>

const NoDemo = () => (
  <section class="notice">
    <h1>This shop is not a demo</h1>
    <p>
      Only a shop that <code>npm start</code> runs with the demo catalog, or with <code>DEMO=on</code>, can be broken
      from here. <a href="/">Show the orders</a>
    </p>
  </section>
)
