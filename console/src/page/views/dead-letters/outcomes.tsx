/** The outcomes of replayed messages. Each message is followed until its outcome is known. */
import { useEffect, useRef } from 'preact/hooks'
import type { DeadLetter } from '../../api/types.ts'
import { shortId } from '../../format.ts'
import { useReadUntilFinal } from '../../read-until-final.ts'
import { useAtMostEvery } from '../../use-at-most-every.ts'
import { isFinal, type Outcome } from './outcome.ts'
import { readOutcome } from './read-outcome.ts'
import { ReplayOutcome } from './replay-outcome.tsx'
import { WaitingOrders } from './waiting-orders.tsx'

/** A replay adds dead letters one by one. Each change of the list reads all services again, so it is delayed, ms. */
const addEveryMs = 2_000

interface OutcomesProps {
  readonly service: string
  /** Those that were sent again. */
  readonly letters: readonly DeadLetter[]
  /** True if the button that sent them has gone: the heading then takes the focus. Default: false. */
  readonly takesFocus?: boolean
}

export const Outcomes = ({ service, letters: sent, takesFocus = false }: OutcomesProps) => {
  const letters = useAtMostEvery(addEveryMs, sent)
  const ids = [...new Set(letters.map(({ id }) => id))]
  const outcomes = useReadUntilFinal(ids, { read: (id, signal) => readOutcome(service, id, signal), isFinal })
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (takesFocus) heading.current?.focus()
  }, [takesFocus])
  const orderIds = [...new Set(letters.flatMap(({ orderId }) => orderId ?? []))]
  const known = [...outcomes.values()]
  const count = (...kinds: readonly Outcome['kind'][]) => known.filter(({ kind }) => kinds.includes(kind)).length
  const unrecorded = count('unrecorded')
  return (
    <section class="panel" aria-labelledby="outcomes">
      <h2 id="outcomes" ref={heading} tabIndex={-1}>
        After the replay
      </h2>
      <p role="status">
        {count('handled')} of {letters.length} handled, {count('again')} dead again,{' '}
        {letters.length - count('handled', 'again') - unrecorded} still waiting
        {unrecorded > 0 && `, ${unrecorded} without a record`}
      </p>
      <ul class="outcomes">
        {letters.map((letter) => (
          <li key={letter.id}>
            <a href={`/dead-letters/${service}/${letter.id}`}>
              {letter.type} <span class="id">{shortId(letter.id)}</span>
            </a>{' '}
            <ReplayOutcome service={service} outcome={outcomes.get(letter.id)} />
            {reasonIn(outcomes.get(letter.id))}
          </li>
        ))}
      </ul>
      {orderIds.length > 0 && <WaitingOrders orderIds={orderIds} />}
    </section>
  )
}

const reasonIn = (outcome: Outcome | undefined): string => (outcome && 'why' in outcome ? `: ${outcome.why}` : '')
