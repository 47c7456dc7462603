/** The dead letters of one cause, of which some or all can be replayed or discarded. */
import { useRef, useState } from 'preact/hooks'
import type { DeadLetter, DeadLetterPage } from '../../api/types.ts'
import { reasonOf } from '../../format.ts'
import { query } from '../../location.ts'
import { Failure } from '../../parts/failure.tsx'
import { useTitle } from '../../parts/use-title.ts'
import { useResource } from '../../use-resource.ts'
import { causeOf, routeOf } from './group-filter.ts'
import { LetterTable } from './letter-table.tsx'
import { Outcomes } from './outcomes.tsx'
import { Repair } from './repair.tsx'
import { useSelection } from './selection.ts'

const pollMs = 3_000

export const GroupView = ({ service }: { readonly service: string }) => {
  const cause = causeOf(query.value)
  const { reason, queue, place } = cause
  useTitle(`Dead letters of ${service}`)
  const { body, error, reload } = useResource<DeadLetterPage>(routeOf(encodeURIComponent(service), cause), {
    everyMs: pollMs,
  })
  const { selected, select, drop } = useSelection(body)
  const [replayed, setReplayed] = useState<readonly DeadLetter[]>([])
  const listed = body?.items ?? []
  const letters = [...new Set([...listed, ...selected.values()])] // the selected ones may be older than the list reaches
  const [sample] = letters
  const hasLetters = useRef(false) // what is in progress must not end because the list has become empty
  hasLetters.current ||= letters.length > 0
  const types = cause.types.map((type) => type || 'Messages of an unknown type')
  return (
    <article class="order dead-letter">
      <p>
        <a href="/dead-letters">All dead letters</a>
      </p>
      <h1>
        {types.join(', ')} of {service}, {reasonOf(reason)}
      </h1>
      <p class="faint">
        They failed in {queue || service}
        {place !== null && `, at ${place}`}.
      </p>
      {error && <Failure what="The dead letters" error={error} retry={reload} />}
      {!body && !error && <p class="loading">Loading…</p>}
      {sample && <Sample service={service} letter={sample} />}
      {replayed.length > 0 && <Outcomes service={service} letters={replayed} />}
      {hasLetters.current && (
        <Repair
          service={service}
          letters={[...selected.values()]}
          areMore={letters.length > 0}
          onReplayed={(letter) => {
            setReplayed((before) => [...before, letter])
            drop(letter)
          }}
          onDiscarded={drop}
          onChange={reload}
        />
      )}
      {letters.length > 0 && <LetterTable service={service} letters={letters} selected={selected} onSelect={select} />}
      {body && !error && <End isLast={body.nextCursor === null} listed={listed.length} />}
    </article>
  )
}

interface EndProps {
  /** Whether the service has no further ones. */
  readonly isLast: boolean
  /** The number of those in the list. */
  readonly listed: number
}

const End = ({ isLast, listed }: EndProps) => {
  if (!isLast) return <p class="faint">The newest {listed} are shown. Further ones appear when these are settled.</p>
  return listed === 0 ? <p class="loading">The group has no dead letter any more.</p> : null
}

const Sample = ({ service, letter }: { readonly service: string; readonly letter: DeadLetter }) => (
  <p class="missing failing">
    The newest: {letter.error} <a href={`/dead-letters/${service}/${letter.id}`}>Show its stack and its content</a>
  </p>
)
