/** The state of the order in each service that has handled an event, before and after it. Read when it is opened. */
import { useEffect, useState } from 'preact/hooks'
import { textOf } from '../../../api/client.ts'
import type { FoldedEvent } from '../../../api/types.ts'
import { typeOf } from '../../../format.ts'
import { StateChanges } from '../../../parts/state-changes.tsx'
import { readStates, type ServiceState } from './read-states.ts'

interface EventStatesProps {
  readonly orderId: string
  readonly eventId: string
}

export const EventStates = (props: EventStatesProps) => {
  const [isOpen, open] = useState(false)
  return (
    <details class="states" onToggle={({ currentTarget }) => open(currentTarget.open)}>
      <summary>The state before and after, in each service</summary>
      {isOpen && <OpenStates {...props} />}
    </details>
  )
}

const OpenStates = ({ orderId, eventId }: EventStatesProps) => {
  const [states, setStates] = useState<readonly ServiceState[] | string | undefined>()
  useEffect(() => {
    const stopping = new AbortController()
    readStates(orderId, eventId, stopping.signal).then(setStates, (error: unknown) => {
      if (!stopping.signal.aborted) setStates(textOf(error))
    })
    return () => stopping.abort()
  }, [orderId, eventId])
  if (states === undefined) return <p class="loading">Loading…</p>
  if (typeof states === 'string') return <p class="alarming">{states}</p>
  const concerned = states.filter(({ handled, unknown }) => handled || unknown !== null)
  if (concerned.length === 0) return <p class="faint">No service handles it.</p>
  return concerned.map((state) => <StateIn key={state.service} state={state} />)
}

const StateIn = ({ state: { service, handled, unknown } }: { readonly state: ServiceState }) => (
  <section>
    <h3>{service}</h3>
    {handled ? <Handled event={handled} /> : <p class="alarming">The state can’t be shown. {unknown}</p>}
  </section>
)

const Handled = ({ event: { outcome, detail, before, after, events, tasks } }: { readonly event: FoldedEvent }) => {
  if (outcome !== 'applied')
    return (
      <p>
        {inWords[outcome]} {detail}
      </p>
    )
  return (
    <>
      <StateChanges before={before} after={after} />
      <Caused verb="publishes" messages={events} />
      <Caused verb="starts" messages={tasks} />
    </>
  )
}

const inWords: Readonly<Record<Exclude<FoldedEvent['outcome'], 'applied'>, string>> = {
  uncertain: 'The state is uncertain, so it is not shown.',
  failed: 'The reaction fails.',
  unreadable: 'This version of the service can’t read the event.',
}

const Caused = ({ verb, messages }: { readonly verb: string; readonly messages: readonly unknown[] }) =>
  messages.length > 0 ? (
    <p class="faint">
      The service {verb} {messages.map(typeOf).join(', ')}.
    </p>
  ) : null
