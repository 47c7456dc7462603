/** The live stream of the console: which orders have changed, and how orders end. */
import { signal } from '@preact/signals'
import type { ChangedOrders } from '../server/live/changed-orders.ts'
import type { Outcomes } from '../server/live/outcomes.ts'

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  /** The console has no stream of events, for this reason. */
  | { readonly state: 'interrupted'; readonly reason: string }
  /** The console does not answer. */
  | { readonly state: 'lost' }

export const connection = signal<Connection>({ state: 'connecting' })

/** How orders ended in the last five minutes, as far as the console has followed. */
export const outcomes = signal<Outcomes | null>(null)

/** Events that the last message did not list, because there were too many. */
export const unlisted = signal(0)

type Listener = (changed: ChangedOrders) => void

/** After an interruption any order may have changed. */
const everything: ChangedOrders = { orders: {}, unlisted: 1 }

const listeners = new Set<Listener>()

/** Calls the listener when orders have changed. Returns a function that ends this. */
export const onChangedOrders = (listener: Listener): (() => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

const tell = (changed: ChangedOrders) => {
  unlisted.value = changed.unlisted
  for (const listener of listeners) listener(changed)
}

/** Opens the stream. The browser opens it again when it is lost, and a page that was away reads again what it shows. */
export const followLive = (): void => {
  const stream = new EventSource('/live')
  const read = <Content>(name: string, use: (content: Content) => void) =>
    stream.addEventListener(name, (event: MessageEvent<string>) => use(JSON.parse(event.data)))
  stream.addEventListener('error', () => {
    connection.value = { state: 'lost' }
    if (stream.readyState === EventSource.CLOSED) setTimeout(followLive, 5_000) // the answer was an error
  })
  read<{ outage: string | null }>('source', ({ outage }) => {
    connection.value = outage === null ? { state: 'live' } : stateOf(outage)
    if (outage === null) tell(everything)
  })
  read<Outcomes>('outcomes', (counted) => {
    outcomes.value = counted
  })
  read<ChangedOrders>('orders', tell)
}

const stateOf = (outage: string): Connection =>
  outage === 'connecting' ? { state: 'connecting' } : { state: 'interrupted', reason: outage }
