/** A minimal service for tests of this package: it counts the events of each parcel, and publishes ParcelCounted. */

import { backoffMs, pause } from '@quadrille/async'
import { contentHash, type Decoded } from '@quadrille/messages'
import type { Publisher } from '@quadrille/messaging'
import { outboxMigrations, Relay, type RelayOptions } from '@quadrille/outbox'
import { type Database, migrate, openDatabase, type Statement } from '@quadrille/postgres'
import { createTestDatabase, noon, recordStatements, type Template } from '@quadrille/testing'
import type { OnCommitted } from '../../src/core/batch.ts'
import { type Lane, nextLane } from '../../src/core/lanes.ts'
import { createPostgresAvailability } from '../../src/core/postgres-availability.ts'
import { reactPromptly } from '../../src/core/react-promptly.ts'
import { type Reaction, type ReactionMap, reactionsOf } from '../../src/core/reaction.ts'
import { createReactor, type Item } from '../../src/core/reactor.ts'
import type { Reacted } from '../../src/core/resilient-batch.ts'
import { RowSet, type Step, type StoredWorkingSet, type Tables } from '../../src/core/working-set.ts'
import { createTracing, type Tracing } from '../../src/telemetry/tracing.ts'
import { aParcel, type Draft, draft, type Message, newParcelId, type Post, post, seal } from '../post.ts'

export interface Tally {
  readonly parcelId: string
  readonly events: number
  /** The table rejects a negative weight, which makes the transaction fail. */
  readonly weight: number
}

const reaction = reactionsOf<Post, Post['services']['depot'], Tally | undefined>()

const count = (tally: Tally | undefined, { subject }: Message): Tally => ({
  parcelId: subject,
  events: (tally?.events ?? 0) + 1,
  weight: tally?.weight ?? 1,
})

const counted = (parcelId: string) => draft('ParcelCounted', { parcelId })

/** An event that violates its schema. */
const invalidEvent = draft('ParcelCounted', { parcelId: 'no id' })

const sentReaction = reaction('ParcelSent', (tally, message) => {
  if (message.data.sender.id === 'inserts-no-row') return tally ? {} : { events: [counted(message.subject)] }
  if (message.data.sender.id === 'throws') throw new Error('the parcel was rejected')
  if (message.data.sender.id === 'invalid-event') return { state: count(tally, message), events: [invalidEvent] }
  const weight = message.data.sender.id === 'breaks' ? -1 : 1
  return { state: { ...count(tally, message), weight }, events: [counted(message.subject)] }
})

const reactions: ReactionMap<Tally | undefined> = new Map<string, Reaction<Tally | undefined>>([
  ['ParcelSent', sentReaction],
  ['ParcelRecalled', reaction('ParcelRecalled', (tally, message) => ({ state: count(tally, message) }))],
])

class TallySet implements StoredWorkingSet<Tally | undefined> {
  readonly #rows: RowSet<Tally>
  constructor(rows: readonly Tally[]) {
    this.#rows = new RowSet(rows, ({ parcelId }) => parcelId)
  }
  of({ subject }: Message): Tally | undefined {
    return this.#rows.get(subject)
  }
  put({ subject }: Message, tally: Tally): void {
    this.#rows.set(subject, tally)
  }
  changes(): Statement[] {
    const columns = (rows: readonly Tally[]) => [
      rows.map((r) => r.parcelId),
      rows.map((r) => r.events),
      rows.map((r) => r.weight),
    ]
    const given = 'unnest($1::uuid[], $2::integer[], $3::integer[]) as row (parcel_id, events, weight)'
    return this.#rows.changes({
      insert: (rows) => ({ text: `insert into tally select * from ${given}`, values: columns(rows) }),
      update: (rows) => ({
        text: `update tally set events = row.events from ${given} where tally.parcel_id = row.parcel_id`,
        values: columns(rows),
      }),
    })
  }
}

const ownTables: Tables<Tally | undefined> = {
  ownRows: [{ table: 'tally', subject: 'parcel_id' }],
  empty: () => new TallySet([]),
  load: async (sql, { claimed }) =>
    new TallySet(
      await sql.query<Tally>(
        `select parcel_id as "parcelId", events, weight from tally
         where parcel_id = any(${claimed}) order by parcel_id for update`,
      ),
    ),
}

/** All parcels share the only row of this table. */
const sharedRow = 'create table shared (id integer primary key)'

const sharingTables: Tables<Tally | undefined> = {
  ...ownTables,
  sharesRows: true,
  load: async (sql, load) => {
    const [set, locked] = await Promise.all([
      ownTables.load(sql, load),
      sql.query(`select id from shared for update ${load.waits ? '' : 'skip locked'}`),
    ])
    return Object.assign(set, { isLocked: () => locked.length === 0 })
  },
}

/** The publisher of an unavailable broker: messages stay in the outbox. */
const unavailable: Publisher = {
  publish: () => Promise.reject(new Error('the broker is unavailable')),
  waitingFor: () => 'the broker is unavailable',
  outboxAsQueue: null,
}

export interface TallyService {
  readonly url: string
  readonly database: Database
  /** The statements since the last call, including begin and commit. */
  readonly statements: () => string[]
  /** A new instance of the service on the same database, or on a view of it. */
  readonly instance: (view?: Database) => Instance
  /** An instance that assumes a ParcelSent to be the first message of its parcel. */
  readonly assumingInstance: (view?: Database) => Instance
  /** An instance whose parcels share the only row of the table `shared`. */
  readonly sharingInstance: () => Promise<Instance>
  readonly tallies: () => Promise<Tally[]>
  readonly outbox: () => Promise<number>
  /** The steps that were reported as committed. */
  readonly committed: Step<Tally | undefined>[]
  readonly drop: () => Promise<void>
}

const template: Template = { name: 'outbox', fill: (url) => migrate(url, outboxMigrations) }

export const startTally = async (serverUrl: string): Promise<TallyService> => {
  const test = await createTestDatabase(serverUrl, template)
  const log: string[] = []
  const committed: Step<Tally | undefined>[] = []
  const onCommitted: OnCommitted<Tally | undefined> = (steps) => void committed.push(...steps)
  const opened = openDatabase({ url: test.url, applicationName: 'tally', max: 4, onIdleError: () => undefined })
  const database = recording(opened, log)
  await opened.query(
    'create table tally (parcel_id uuid primary key, events integer not null, weight integer not null check (weight > 0))',
  )
  return {
    url: test.url,
    database,
    statements: () => log.splice(0),
    instance: (view = database) => instanceOn(view, { onCommitted }),
    assumingInstance: (view = database) => instanceOn(view, { onCommitted, initial: ['ParcelSent'] }),
    sharingInstance: async () => {
      await opened.query(sharedRow)
      await opened.query('insert into shared values (1)')
      return instanceOn(database, { tables: sharingTables })
    },
    tallies: () => opened.query<Tally>('select parcel_id as "parcelId", events, weight from tally order by parcel_id'),
    outbox: async () => (await opened.query('select 1 from outbox')).length,
    committed,
    drop: async () => {
      await opened.end()
      await test.drop()
    },
  }
}

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
  /** See the definition of a service. Default none. */
  readonly initial?: readonly string[]
  readonly onUnavailable?: () => void
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
    onUnavailable = () => undefined,
    relay = relayOn(database),
    tables = ownTables,
    initial,
  }: InstanceOptions,
): Instance => {
  const { signal } = stopping
  const availability = createPostgresAvailability({ signal })
  const reactor = createReactor({
    language: post,
    service: 'depot',
    model: post.services.depot,
    reactions,
    database,
    relay,
    tables,
    initial,
    onCommitted,
    publishVersions: {},
    maxSize: 256,
    fullSize: 256,
    now: () => noon,
    availability,
    tracing,
    onUnavailable,
  })
  const pauseAfter = ({ error, status }: Waiting, tries: number): Promise<void> =>
    status === 'unavailable'
      ? availability.pause(error.cause)
      : pause(backoffMs(tries, { firstMs: 20, maxMs: 2_000, random }), signal)
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

const { random } = Math

type Waiting = Extract<Reacted, { readonly status: 'unavailable' | 'not_now' }>

export const relayOn = (database: Database, options: Partial<RelayOptions> = {}): Relay =>
  new Relay({
    database,
    publisher: unavailable,
    service: 'depot',
    contentType: 'application/json',
    redactText: post.redactText,
    onError: () => undefined,
    storeUnsendable: () => Promise.resolve(),
    ...options,
  })

const recording = (database: Database, log: string[]): Database => ({
  query: (text, values) => {
    log.push(text)
    return database.query(text, values)
  },
  transaction: (work) => {
    log.push('begin')
    return database.transaction((sql) => work(recordStatements(sql, log)))
  },
  end: () => database.end(),
})

const decoded = (message: Draft): Decoded => ({
  message: seal(message, { service: 'counter', now: noon }),
  hash: contentHash(message.data),
})

/** A ParcelSent. The id of its sender selects a failure. */
export const parcelSent = (senderId = 'fine', parcelId = newParcelId()): Decoded => {
  const parcel = aParcel(parcelId)
  return decoded(draft('ParcelSent', { ...parcel, sender: { ...parcel.sender, id: senderId } }))
}

export const parcelRecalled = (parcelId: string): Decoded => {
  const { sender, weight } = aParcel(parcelId)
  return decoded(draft('ParcelRecalled', { parcelId, sender, weight }))
}
