/** Says on every page what is broken on purpose, so that it is not taken for a fault, and repairs it. */
import type { BrokenPart, DemoView } from '../../../demo.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { useShared } from '../../shared.ts'
import { useAction } from './use-action.ts'

export const BrokenBanner = () => {
  const { body: view } = useShared().demo
  return (
    <div role="status">
      {view?.broken.map((broken) => (
        <div key={broken.repair} class="banner broken">
          <p>
            <strong>Broken on purpose:</strong> {broken.text}
          </p>
          <RepairButton broken={broken} view={view} />
        </div>
      ))}
    </div>
  )
}

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
      <ActionButton disabled={state.kind === 'running'} onClick={() => void run()}>
        {title}
      </ActionButton>
      {state.kind === 'failed' && <span role="alert">{state.reason}</span>}
    </>
  )
}
