import type { BrokenPart, DemoView } from '../../../demo.ts'
import { useAction } from './use-action.ts'

interface RepairButtonProps {
  readonly broken: BrokenPart
  readonly view: DemoView
}

/** Repairs a part at once: that needs no question. */
export const RepairButton = ({ broken: { repair }, view }: RepairButtonProps) => {
  const { state, run } = useAction(repair)
  const title = view.actions.find(({ id }) => id === repair)?.title ?? 'Repair it'
  return (
    <>
      <button type="button" disabled={state.kind === 'running'} onClick={run}>
        {title}
      </button>
      {state.kind === 'failed' && <span role="alert">{state.reason}</span>}
    </>
  )
}
