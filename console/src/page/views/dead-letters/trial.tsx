/** The effect of a replay: the state before and after, and the events and tasks that it would cause. */
import type { Trial } from '../../api/types.ts'
import { type Change, stateDiff } from './state-diff.ts'

/** A state may have a thousand lines. Further fields are only counted. */
const maxFields = 50

export const TrialResult = ({ trial }: { readonly trial: Trial }) => {
  const { outcome, detail, before, after, events = [], tasks = [] } = trial
  return (
    <div class={`trial ${outcome}`}>
      <p>
        <strong>{sentences[outcome]}</strong> {detail}
      </p>
      {outcome === 'applied' && (
        <>
          <Changes changes={stateDiff(before, after)} />
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

const Changes = ({ changes }: { readonly changes: readonly Change[] }) => {
  if (changes.length === 0) return <p class="faint">The state stays as it is.</p>
  return (
    <>
      <table class="diff">
        <caption>The state</caption>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {changes.slice(0, maxFields).map(({ path, before, after }) => (
            <tr key={path}>
              <th scope="row">{path}</th>
              <td>{before === null ? <span class="faint">–</span> : <del>{before}</del>}</td>
              <td>{after === null ? <span class="faint">–</span> : <ins>{after}</ins>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {changes.length > maxFields && <p class="faint">and {changes.length - maxFields} more fields</p>}
    </>
  )
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
