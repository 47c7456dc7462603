/**
 * Sends each service the messages that it lacks, after its database was restored from an older backup or RabbitMQ has
 * lost messages.
 *
 * Each message goes into the outbox of the receiving service, addressed to its own inbox or work queue, like a replayed
 * dead letter. So the service's reactions apply it once, no other service gets it, and nothing else is written.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { type Databases, type Selection, slices } from '@quadrille/audit'
import { type MessageType, mapServices, type ServiceName } from '@quadrille/events'
import type { PublishVersions } from '@quadrille/messages'
import { type Database, openDatabase, type Sql } from '@quadrille/postgres'
import { countSending } from './comparisons/notification.ts'
import { findMissing, isUndecided, type Missing } from './missing.ts'
import { findPlaces, type Place } from './places.ts'
import { idsOf, isEvent, sendMissing } from './send-missing.ts'
import { versionsOf } from './versions.ts'

export interface Options {
  /** The services that own these databases must be running, unless `dryRun`. */
  readonly databases: Databases
  /** Only finds the messages that would be sent first. Further ones depend on these. */
  readonly dryRun?: boolean
  /** PUBLISH_VERSIONS of the services, if they have it. A message that arrives twice must have the same content. */
  readonly publishVersions?: PublishVersions
  /** How long a service may make no progress before its messages count as failed, ms. Default 10 s. */
  readonly patienceMs?: number
  /** Orders at a time. A few messages of each are in the outbox. Default 1,000. */
  readonly atOnce?: number
  /** Waits between two examinations. Default a timer. */
  readonly pause?: (ms: number) => Promise<unknown>
  /** Called before each part of the orders is examined. */
  readonly onProgress?: (progress: Progress) => void
}

export interface Progress {
  readonly part: number
  readonly of: number
}

export interface Outcome {
  /** The messages sent to each service, by type. */
  readonly sent: ReadonlyMap<ServiceName, ReadonlyMap<MessageType, number>>
  /** Events that were sent, now or before, and are not handled. */
  readonly unhandled: number
  /** Notifications that may have attempts left. Lost ones can only be detected an hour later. */
  readonly sending: number
}

/**
 * A message that is missing for this long is not just on its way, ms. A shop that keeps up handles events within one
 * second.
 */
const lookAgainAfterMs = 3_000

/**
 * Examines every order that exists at the start, and sends missing messages until none is missing. A repeated run sends
 * nothing that was handled, or that waits according to the database. A message that waits at RabbitMQ may arrive twice,
 * and has its effect once.
 *
 * Decisions in the histories come first, for all orders, because they hold and release stock as before. Orders without
 * a decision are then decided by the remaining stock.
 * @throws if a database can't be used, or the outbox of a service does not drain.
 */
export const reconcile = async ({ databases, ...options }: Options): Promise<Outcome> => {
  const sources = mapServices((service) => open(databases[service]))
  try {
    const publishVersions = { ...(await versionsOf(sources)), ...options.publishVersions }
    const run: Run = { ...defaults, ...options, publishVersions, sources, tally: { sent: new Map(), unhandled: 0 } }
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
  readonly tally: { readonly sent: Map<ServiceName, Map<MessageType, number>>; unhandled: number }
}

const open = (url: string): Database =>
  openDatabase({ url, applicationName: 'quadrille-reconcile', max: 2, onIdleError: () => undefined }) // the next statement connects again

/** The orders up to the newest one. Later orders have lost nothing, and would delay the end. */
const partsOf = async (order: Sql, size: number): Promise<Selection[]> => {
  const [newest] = await order.query<{ id: string }>('select id from customer_order order by id desc limit 1')
  return newest ? (await slices(order, size)).map((slice) => upTo(newest.id, slice)) : []
}

const upTo = (newest: string, { where, values }: Selection): Selection => ({
  where: (column) => `${where(column)} and ${column} <= $${values.length + 1}`,
  values: [...values, newest],
})

type IsDue = (missing: Missing) => boolean

/** Returns the parts with missing messages that are not due yet. */
const passThrough = async (run: Run, parts: readonly Selection[], isDue: IsDue): Promise<Selection[]> => {
  const unfinished: Selection[] = []
  for (const [index, part] of parts.entries()) {
    run.onProgress({ part: index + 1, of: parts.length })
    const missing = await catchUp(run, part, isDue)
    run.tally.unhandled += missing.filter((each) => isDue(each) && each.place !== 'handled' && isEvent(each)).length
    if (!missing.every(isDue)) unfinished.push(part)
  }
  return unfinished
}

/**
 * Runs in rounds, because the next messages depend on the effect of the last ones. Returns the messages that are
 * missing in the end. It sends no message twice, so it ends.
 */
const catchUp = async (run: Run, part: Selection, isDue: IsDue): Promise<readonly Placed[]> => {
  const sent = new Set<string>()
  let missing = await lookTwice(run, part)
  for (;;) {
    const fresh = missing.filter((each) => isDue(each) && each.place === undefined && !sent.has(each.key))
    for (const { key } of fresh) sent.add(key)
    count(run.tally.sent, fresh)
    if (fresh.length === 0 || run.dryRun) return missing
    await sendMissing(run, fresh)
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
  /** The place of the message. Undefined if the service's database does not contain it. */
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

const count = (sent: Run['tally']['sent'], fresh: readonly Missing[]): void => {
  for (const { to, message } of fresh) {
    const ofService = sent.get(to) ?? new Map<MessageType, number>()
    sent.set(to, ofService.set(message.type, (ofService.get(message.type) ?? 0) + 1))
  }
}
