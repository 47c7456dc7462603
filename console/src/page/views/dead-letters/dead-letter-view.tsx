/** One dead letter: why it failed, its content, and what can be done about it. */
import { useState } from 'preact/hooks'
import type { Operation, WholeDeadLetter } from '../../api/types.ts'
import { reasonOf, shortId, timeOf } from '../../format.ts'
import { useFrozen } from '../../parts/asking.ts'
import { Failure } from '../../parts/failure.tsx'
import { Panel } from '../../parts/panel.tsx'
import { useTitle } from '../../parts/use-title.ts'
import { useShared } from '../../shared.ts'
import { useResource } from '../../use-resource.ts'
import { LetterFacts } from './letter-facts.tsx'
import { groupOf } from './merge-groups.ts'
import { Outcomes } from './outcomes.tsx'
import { Repair } from './repair.tsx'

interface DeadLetterViewProps {
  readonly service: string
  readonly id: string
}

/** Another operator may settle it. */
const pollMs = 5_000

export const DeadLetterView = ({ service, id }: DeadLetterViewProps) => {
  useTitle(`Dead letter ${shortId(id)}`)
  const path = `/${encodeURIComponent(service)}/dead-letters/${encodeURIComponent(id)}`
  const { body, error, reload } = useResource<WholeDeadLetter>(path, { everyMs: pollMs })
  if (!body && error?.status === 404) return <UnknownLetter id={id} />
  return (
    <article class="order dead-letter">
      <p>
        <a href="/dead-letters">All dead letters</a>
        {body?.status === 'parked' && <GroupLink service={service} letter={body} />}
      </p>
      <h1>
        {body
          ? `${body.type || 'A message'} of ${service}, ${body.status === 'parked' ? reasonOf(body.reason) : body.status}`
          : `Dead letter ${shortId(id)}`}
      </h1>
      {error && <Failure what="The dead letter" error={error} retry={reload} />}
      {!body && !error && <p class="loading">Loading…</p>}
      {body && <Content service={service} letter={body} reload={reload} />}
    </article>
  )
}

/** How many others have the same cause. */
const GroupLink = ({ service, letter }: { readonly service: string; readonly letter: WholeDeadLetter }) => {
  const { groups } = useShared().deadLetters
  const group = groupOf(
    groups.filter((each) => each.service === service),
    letter,
  )
  if (!group || group.count < 2) return null
  return (
    <>
      {' '}
      · <a href={group.address}>{group.count - 1} more with the same cause</a>
    </>
  )
}

interface ContentProps {
  readonly service: string
  readonly letter: WholeDeadLetter
  readonly reload: () => void
}

const Content = ({ service, letter, reload }: ContentProps) => {
  const [isReplayed, setReplayed] = useState(false)
  const isRepairable = useFrozen(letter.status === 'parked')
  const onReplayed = () => {
    setReplayed(true)
    reload()
  }
  return (
    <>
      <LetterFacts letter={letter} />
      {letter.status === 'parked' && <p class="missing failing">{letter.error}</p>}
      {isRepairable && <Repair service={service} letters={[letter]} onReplayed={onReplayed} onChange={reload} />}
      {letter.status === 'replayed' && <Outcomes service={service} letters={[letter]} takesFocus={isReplayed} />}
      {letter.status !== 'parked' && (
        <p class="faint past-error">
          Before, it failed ({reasonOf(letter.reason)}): {letter.error}
        </p>
      )}
      {letter.operations.length > 0 && <Operations operations={letter.operations} />}
      {letter.stack !== null && (
        <Panel title="Stack">
          <pre>{letter.stack}</pre>
        </Panel>
      )}
      <Panel title={`Message, ${letter.payloadBytes} bytes${letter.payloadTruncated ? ', only its beginning' : ''}`}>
        <pre>
          {letter.payloadEncoding === 'json' ? JSON.stringify(letter.payload, null, 2) : String(letter.payload)}
        </pre>
        <p class="faint">
          {letter.payloadEncoding === 'base64' && 'It is not JSON, so it is shown as base64. '}Secrets and email
          addresses are shown as ***{letter.payloadEncoding === 'base64' && ', if they are plain text'}.
        </p>
      </Panel>
      <Panel title="Headers">
        <pre>{JSON.stringify(letter.headers, null, 2)}</pre>
      </Panel>
    </>
  )
}

const Operations = ({ operations }: { readonly operations: readonly Operation[] }) => (
  <Panel title="Operations">
    <ul>
      {operations.map(({ operation, operator, note, at }) => (
        <li key={at + operation}>
          <time dateTime={at}>{timeOf(at)}</time> <strong>{operation}</strong> by {operator}
          {note !== null && `: ${note}`}
        </li>
      ))}
    </ul>
  </Panel>
)

const UnknownLetter = ({ id }: { readonly id: string }) => (
  <section class="notice">
    <h1>There is no such dead letter</h1>
    <p>
      The service has no dead letter <code>{id}</code>. It keeps them for a while after they were settled.{' '}
      <a href="/dead-letters">Show the dead letters</a>
    </p>
  </section>
)
