/** The effect of a replay: the state before and after, and the events and tasks that it would cause. */
import type { Trial } from '../../api/types.ts'
import { StateChanges } from '../../parts/state-changes.tsx'

export const TrialResult = ({ trial }: { readonly trial: Trial }) => {
  const { outcome, detail, before, after, events = [], tasks = [] } = trial
  return (
    <div class={`trial ${outcome}`}>
      <p>
        <strong>{sentences[outcome]}</strong> {detail}
      </p>
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
    {messages.length === 0 && <p class="faint">It would cause no {kind}.</p>}
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

const typeOf = (message: unknown): string =>
  typeof message === 'object' && message !== null && 'type' in message ? String(message.type) : 'unknown'
