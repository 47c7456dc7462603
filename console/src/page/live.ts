/** The live stream of the console: its settings, which orders have changed, and how orders end. */
import { signal } from '@preact/signals'
import type { Changes } from '../server/live/changes.ts'
import type { Outcomes } from '../server/live/outcomes.ts'
import type { Settings } from '../server/settings.ts'
import { createEventRates } from './event-rates.ts'

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  /** The console has no stream of events, for this reason. */
  | { readonly state: 'interrupted'; readonly reason: string }
  /** The console does not answer, or answers with an error. */
  | { readonly state: 'lost' }

export const connection = signal<Connection>({ state: 'connecting' })

/** Whether the console now has another version of the page, so that this one may not understand its messages. */
export const isOutdated = signal(false)

/** Null until they are known. Until then the page has no links to traces. */
type KnownSettings = { readonly [Name in keyof Settings]: Settings[Name] | null }

/** The settings of the console, which its live stream brings at each connection. */
export const settings = signal<KnownSettings>({ tracesUrl: null, demo: null, audit: null })

const ownScript = new URL(import.meta.url).pathname

/**
 * Whether the console has an audit, or a demo. Without a live stream its settings may be unknown: then the page asks for what there may
 * be, and shows the answer.
 */
export const mayHave = (part: 'audit' | 'demo'): boolean => settings.value[part] ?? connection.value.state === 'lost'

/** How orders ended in the last five minutes, as far as the console has followed. */
export const outcomes = signal<Outcomes | null>(null)

/** When a message last left out changed orders, because there were too many. Ms since 1970. */
export const sampledAtMs = signal(0)

type Listener = (changes: Changes) => void

/** Any order may have changed, as after an interruption. */
export const everything: Changes = { orders: [], unlisted: 1, types: {} }

const listeners = new Set<Listener>()

/** Calls the listener when orders have changed. Returns a function that ends this. */
export const onChanges = (listener: Listener): (() => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

const tell = (changes: Changes) => {
  for (const listener of listeners) listener(changes)
}

/** The events of all orders in the last minutes, since the connection is live. */
export const eventRates = createEventRates()

/**
 * Keeps the stream open while the page is visible. A browser opens six connections to a server, so those of hidden tabs would block
 * further ones. The browser connects again after a loss, and the page then reads again what it shows.
 */
export const followLive = (): void => {
  let stream: EventSource | undefined
  const follow = () => {
    if (document.hidden) {
      stream?.close()
      stream = undefined
    } else stream ??= openStream()
  }
  document.addEventListener('visibilitychange', follow)
  setInterval(() => {
    if (!stream) return
    const isSilent = performance.now() - heardAtMs > silenceMs
    if (!isSilent && stream.readyState !== EventSource.CLOSED) return // it is closed if the console has answered with an error
    connection.value = { state: 'lost' }
    stream.close()
    stream = undefined
    follow()
  }, againEveryMs)
  follow()
}

const againEveryMs = 5_000
/** The console sends a message every 5 s, so a connection that is silent for this long is dead, such as after a change of network. */
const silenceMs = 15_000
/** When the last message arrived, or the stream was opened, by the clock of `performance`. */
let heardAtMs = 0

const openStream = (): EventSource => {
  heardAtMs = performance.now()
  const stream = new EventSource('/live')
  const read = <Content>(name: string, use: (content: Content) => void) =>
    stream.addEventListener(name, (event: MessageEvent<string>) => {
      heardAtMs = performance.now()
      use(JSON.parse(event.data))
    })
  stream.addEventListener('error', () => {
    connection.value = { state: 'lost' }
  })
  read<{ script: string }>('page', ({ script }) => {
    isOutdated.value = script !== ownScript
  })
  read<Settings>('settings', (now) => {
    settings.value = now
  })
  read<{ outage: string | null }>('source', ({ outage }) => {
    connection.value = outage === null ? { state: 'live' } : stateOf(outage)
    if (outage !== null) return
    eventRates.begin(Date.now()) // the events before were missed
    tell(everything)
  })
  read<Outcomes>('outcomes', (counted) => {
    outcomes.value = counted
  })
  read<Changes>('changes', (changes) => {
    eventRates.add(changes.types, Date.now())
    if (changes.unlisted > 0) sampledAtMs.value = Date.now()
    tell(changes)
  })
  return stream
}

const stateOf = (outage: string): Connection =>
  outage === 'connecting' ? { state: 'connecting' } : { state: 'interrupted', reason: outage }
