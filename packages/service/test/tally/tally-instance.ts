/** An instance of the tally, without inbox and HTTP: it handles one message at a time. */
import { backoffMs, pause } from '@quadrille/async'
import type { Decoded } from '@quadrille/messages'
import type { Publisher } from '@quadrille/messaging'
import { Relay, type RelayOptions } from '@quadrille/outbox'
import type { Database } from '@quadrille/postgres'
import { noon } from '@quadrille/testing'
import type { OnCommitted } from '../../src/core/batch.ts'
import type { Reacted } from '../../src/core/batch-runner.ts'
import { type Lane, nextLane } from '../../src/core/lanes.ts'
import { createPostgresAvailability } from '../../src/core/postgres-availability.ts'
import { reactPromptly } from '../../src/core/react-promptly.ts'
import { createReactor, type Item } from '../../src/core/reactor.ts'
import type { Tables } from '../../src/core/working-set.ts'
import { createTracing, type Tracing } from '../../src/telemetry/tracing.ts'
import { post } from '../post.ts'
import { reactions, type Tally } from './tally-reactions.ts'
import { ownTables } from './tally-tables.ts'

/**
 * Handles a message: with `patient` until it is settled, like a message of the inbox; otherwise with a time limit, like a
 * request.
 */
export type Instance = (request: { readonly decoded: Decoded; readonly patient: boolean }) => Promise<Reacted>

interface InstanceOptions {
  readonly stopping?: AbortController
  readonly onCommitted?: OnCommitted<Tally | undefined>
  readonly tracing?: Tracing
  /** Default: parcels share no rows. */
  readonly tables?: Tables<Tally | undefined>
  readonly onOutage?: () => void
  readonly onStatementFault?: () => void
  /** Default: one whose broker is unavailable. */
  readonly relay?: Relay
}

const untraced = createTracing({ service: 'depot', system: 'none', now: () => noon })

export const instanceOn = (
  database: Database,
  {
    stopping = new AbortController(),
    onCommitted,
    tracing = untraced,
    onOutage = () => undefined,
    onStatementFault = () => undefined,
    relay = relayOn(database),
    tables = ownTables,
  }: InstanceOptions,
): Instance => {
  const { signal } = stopping
  const availability = createPostgresAvailability({ signal, onOutage, onStatementFault })
  const reactor = createReactor({
    language: post,
    model: post.services.depot,
    reactions,
    database,
    relay,
    tables,
    onCommitted,
    publishVersions: {},
    maxSize: 256,
    fullSize: 256,
    now: () => noon,
    availability,
    tracing,
  })
  const pauseAfter = ({ status }: Waiting, tries: number): Promise<void> =>
    status === 'unavailable'
      ? availability.pause()
      : pause(backoffMs(tries, { firstMs: 20, maxMs: 2_000, random: Math.random }), signal)
  const untilSettled = async (item: Item, tries = 0, lane: Lane = 'first'): Promise<Reacted> => {
    const [reacted] = await reactor([item], { source: 'inbox', lane })
    if (!reacted) throw new Error('The reactor has returned no result.')
    if (reacted.status !== 'unavailable' && reacted.status !== 'not_now') return reacted
    await pauseAfter(reacted, tries + 1)
    return signal.aborted
      ? reacted
      : untilSettled(item, tries + 1, nextLane(lane, 'lane' in reacted ? reacted.lane : 'retry'))
  }
  return async ({ decoded: message, patient }) => {
    const span = tracing.process(message.message)
    const item = { decoded: message, span }
    const reacted = await (patient ? untilSettled(item) : reactPromptly(reactor, item, signal))
    span?.end()
    return reacted
  }
}

type Waiting = Extract<Reacted, { readonly status: 'unavailable' | 'not_now' }>

/** The publisher of an unavailable broker: messages stay in the outbox. */
const unavailable: Publisher = {
  publish: () => Promise.reject(new Error('the broker is unavailable')),
  waitingFor: () => 'the broker is unavailable',
  outboxAsQueue: null,
}

export const relayOn = (database: Database, options: Partial<RelayOptions> = {}): Relay =>
  new Relay({
    database,
    publisher: unavailable,
    service: 'depot',
    redactText: post.redactText,
    onError: () => undefined,
    storeUnsendable: () => Promise.resolve(),
    ...options,
  })
