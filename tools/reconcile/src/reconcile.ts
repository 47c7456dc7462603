/**
 * Gives each service the messages that it should have had, and has not: where its database was restored from an older backup, or
 * RabbitMQ has lost what it held.
 *
 * Each message goes into the outbox of the service that it is for, addressed to its own inbox or work queue, as a replayed dead
 * letter does. So the service's reactions apply it, once; nobody else gets it, and nothing is written but those outbox rows.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { type Databases, type Selection, slices } from '@quadrille/audit'
import { type MessageType, mapServices, type ServiceName } from '@quadrille/events'
import type { PublishVersions } from '@quadrille/messages'
import { type Database, openDatabase, type Sql } from '@quadrille/postgres'
import { countSending } from './books/notification.ts'
import { give, idsOf, isEvent } from './give.ts'
import { findMissing, isUndecided, type Missing } from './missing.ts'
import { findPlaces, type Place } from './places.ts'
import { versionsOf } from './versions.ts'

export interface Options {
  /** The services whose databases these are must be running, unless `dryRun`. */
  readonly databases: Databases
  /** Only find out what would be given first; the rest follows from that. */
  readonly dryRun?: boolean
  /** PUBLISH_VERSIONS of the services, where they have it: what comes twice must be the same twice. */
  readonly publishVersions?: PublishVersions
  /** How long a service may take in nothing before that counts as failed, ms. Default 10 s. */
  readonly patienceMs?: number
  /** Orders at a time: a few messages of each lie in the outbox. Default 1,000. */
  readonly atOnce?: number
  /** Lets the time between two looks pass. Default a timer. */
  readonly pause?: (ms: number) => Promise<unknown>
  /** Told before each part of the orders is looked at. */
  readonly onProgress?: (progress: Progress) => void
}

export interface Progress {
  readonly part: number
  readonly of: number
}

export interface Outcome {
  /** What each service was given, by type. */
  readonly given: ReadonlyMap<ServiceName, ReadonlyMap<MessageType, number>>
  /** Events that were given, now or before, and are not taken in. */
  readonly left: number
  /** Notifications that may have attempts to send them before them. Should these be lost, it can only be seen an hour later. */
  readonly sending: number
}

/** What is missing for so long isn't just on its way, ms: events of a shop that keeps up are taken in within one second. */
const lookAgainAfterMs = 3_000

/**
 * Looks at all orders that there are when it begins, and gives what is missing until nothing is. Run again it gives nothing that
 * was taken in, or that its database shows to be waiting. What waits at RabbitMQ may come twice, and has its effect once.
 *
 * What was decided comes first, of all orders: it takes and frees the stock that it once did. What was never decided is then
 * decided by what is left.
 * @throws where a database can't be used, and where a service doesn't send what is in its outbox.
 */
export const reconcile = async ({ databases, ...options }: Options): Promise<Outcome> => {
  const sources = mapServices((service) => open(databases[service]))
  try {
    const publishVersions = { ...(await versionsOf(sources)), ...options.publishVersions }
    const run: Run = { ...defaults, ...options, publishVersions, sources, tally: { given: new Map(), left: 0 } }
    const parts = await partsOf(sources.order, run.atOnce)
    if (run.dryRun) await passThrough(run, parts, () => true)
    else await passThrough(run, await passThrough(run, parts, (missing) => !isUndecided(missing)), isUndecided)
    let sending = 0
    for (const part of parts) sending += await countSending(sources.notification, part)
    return { ...run.tally, sending }
  } finally {
    await Promise.all(Object.values(sources).map((source) => source.end()))
  }
}

const defaults = {
  dryRun: false,
  patienceMs: 10_000,
  atOnce: 1_000,
  pause: wait,
  onProgress: () => undefined,
}

interface Run extends Required<Omit<Options, 'databases'>> {
  readonly sources: Readonly<Record<ServiceName, Database>>
  readonly tally: { readonly given: Map<ServiceName, Map<MessageType, number>>; left: number }
}

const open = (url: string): Database =>
  openDatabase({ url, applicationName: 'quadrille-reconcile', max: 2, onIdleError: () => undefined }) // the next statement connects again

/** The orders up to the newest one: those that are placed meanwhile have lost nothing, and would have no end. */
const partsOf = async (order: Sql, size: number): Promise<Selection[]> => {
  const [newest] = await order.query<{ id: string }>('select id from customer_order order by id desc limit 1')
  return newest ? (await slices(order, size)).map((slice) => upTo(newest.id, slice)) : []
}

const upTo = (newest: string, { where, values }: Selection): Selection => ({
  where: (column) => `${where(column)} and ${column} <= $${values.length + 1}`,
  values: [...values, newest],
})

type IsDue = (missing: Missing) => boolean

/** Returns the parts in which something is missing that is not due yet. */
const passThrough = async (run: Run, parts: readonly Selection[], isDue: IsDue): Promise<Selection[]> => {
  const unfinished: Selection[] = []
  for (const [index, part] of parts.entries()) {
    run.onProgress({ part: index + 1, of: parts.length })
    const missing = await catchUp(run, part, isDue)
    run.tally.left += missing.filter((each) => isDue(each) && each.place !== 'handled' && isEvent(each)).length
    if (!missing.every(isDue)) unfinished.push(part)
  }
  return unfinished
}

/**
 * Round after round, as what comes next depends on what the services have made of the last. Returns what is missing in the end.
 * It gives nothing twice, so it ends.
 */
const catchUp = async (run: Run, part: Selection, isDue: IsDue): Promise<readonly Placed[]> => {
  const given = new Set<string>()
  let missing = await lookTwice(run, part)
  for (;;) {
    const fresh = missing.filter((each) => isDue(each) && each.place === undefined && !given.has(each.key))
    for (const { key } of fresh) given.add(key)
    count(run.tally.given, fresh)
    if (fresh.length === 0 || run.dryRun) return missing
    await give(run, fresh)
    missing = await look(run, part)
  }
}

const lookTwice = async (run: Run, part: Selection): Promise<readonly Placed[]> => {
  const before = new Set((await look(run, part)).map(({ key }) => key))
  if (before.size === 0) return []
  await run.pause(lookAgainAfterMs)
  return (await look(run, part)).filter(({ key }) => before.has(key))
}

interface Placed extends Missing {
  readonly key: string
  /** Where the message is already; undefined where the service's database doesn't know of it. */
  readonly place: Place | undefined
}

const look = async ({ sources }: Run, part: Selection): Promise<readonly Placed[]> => {
  const missing = await findMissing(sources, part)
  const ofEach = await Promise.all(
    [...Map.groupBy(missing, ({ to }) => to)].map(async ([to, its]) => {
      const places = await findPlaces(sources[to], idsOf(its))
      return its.map((each) => ({ ...each, key: `${to} ${each.message.id}`, place: places.get(each.message.id) }))
    }),
  )
  return ofEach.flat()
}

const count = (given: Run['tally']['given'], fresh: readonly Missing[]): void => {
  for (const { to, message } of fresh) {
    const ofService = given.get(to) ?? new Map<MessageType, number>()
    given.set(to, ofService.set(message.type, (ofService.get(message.type) ?? 0) + 1))
  }
}
