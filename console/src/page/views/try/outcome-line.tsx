import type { LookAt } from '../../../demo.ts'
import type { ActionState } from './use-action.ts'

/** The effect of an action, and a link to the view that shows it. Screen readers announce it. */
export const OutcomeLine = ({ state }: { readonly state: ActionState }) => (
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

export const LookAtLink = ({ lookAt: { title, path } }: { readonly lookAt: LookAt }) => <a href={path}>{title}</a>
