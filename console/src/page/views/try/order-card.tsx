import type { DemoAction } from '../../../demo.ts'
import { Card } from './card.tsx'
import { OutcomeLine } from './outcome-line.tsx'
import { useAction } from './use-action.ts'

/** Places an order. That harms nothing, so it does not ask first. */
export const OrderCard = ({ action }: { readonly action: DemoAction }) => {
  const { state, run } = useAction(action.id)
  return (
    <Card action={action}>
      <button type="button" disabled={state.kind === 'running'} onClick={run}>
        Place it <span class="visually-hidden">: {action.title}</span>
      </button>
      <OutcomeLine state={state} />
    </Card>
  )
}
