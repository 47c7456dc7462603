/** The effect of a replay: the state before and after, and the events and tasks that it would cause. */
import type { Trial } from '../../api/types.ts'
import { typeOf } from '../../format.ts'
import { StateChanges } from '../../parts/state-changes.tsx'

interface TrialResultProps {
  readonly trial: Trial
  /** False if its outcome stands above it. Default: true. */
  readonly saysOutcome?: boolean
}

export const TrialResult = ({ trial, saysOutcome = true }: TrialResultProps) => {
  const { outcome, detail, before, after, events = [], tasks = [] } = trial
  return (
    <div class={`trial ${outcome}`}>
      {(saysOutcome || detail) && (
        <p>
          {saysOutcome && <strong>{sentences[outcome]}</strong>} {detail}
        </p>
      )}
      {outcome === 'applied' && (
        <>
          <StateChanges before={before} after={after} />
          <Messages kind="event" messages={events} />
          <Messages kind="task" messages={tasks} />
        </>
      )}
    </div>
  )
}

export const sentences: Readonly<Record<Trial['outcome'], string>> = {
  applied: 'It would be handled.',
  duplicate: 'It has had its effect before. A replay changes nothing.',
  ignored: 'The service would ignore it.',
  failed: 'It would fail again.',
  not_tried: 'It can’t be tried without its effect.',
}

const Messages = ({ kind, messages }: { readonly kind: 'event' | 'task'; readonly messages: readonly unknown[] }) => (
  <>
    {messages.length === 0 && (
      <p class="faint">It would {kind === 'event' ? 'publish no event' : 'start no task, such as a charge'}.</p>
    )}
    {messages.map((message, index) => (
      <details key={index}>
        <summary>
          It would {kind === 'event' ? 'publish' : 'start'} the {kind} <strong>{typeOf(message)}</strong>
        </summary>
        <pre>{JSON.stringify(message, null, 2)}</pre>
      </details>
    ))}
  </>
)
