/**
 * Gives each service the messages that it should have had, and has not: where its database was restored from an older backup, or
 * RabbitMQ has lost what it held.
 *
 * Each message goes into the outbox of the service that it is for, addressed to its own inbox or work queue, as a replayed dead
 * letter does. So the service's reactions apply it, once; nobody else gets it, and nothing is written but those outbox rows.
 */
import { type Databases, type Selection, slices } from '@quadrille/audit'
import { catalog, encode, type MessageType } from '@quadrille/events'
import { insertOutbox, type Outgoing } from '@quadrille/outbox'
import { type Database, openDatabase, type Sql } from '@quadrille/postgres'
import { countSending } from './books/notification.ts'
import { findMissing, type Missing, type Service } from './missing.ts'
import { findPlaces, type Place, untilTakenIn } from './places.ts'

export interface Options {
  /** The services whose databases these are must be running, unless `dryRun`. */
  readonly databases: Databases
  /** Only find out what would be given first; the rest follows from that. */
  readonly dryRun?: boolean
  /** How long a service may take in nothing before that counts as failed, ms. Default 10 s. */
  readonly patienceMs?: number
}

export interface Outcome {
  /** Orders that anything was given of. */
  readonly orders: number
  /** What each service was given, by type. */
  readonly given: ReadonlyMap<Service, ReadonlyMap<MessageType, number>>
  /** Events that were given, now or before, and are not taken in. */
  readonly left: number
  /** Notifications that may have attempts to send them before them. Should these be lost, it can only be seen an hour later. */
  readonly sending: number
}

/** Orders at a time: a few messages of each lie in the outbox. */
const atOnce = 1_000

/**
 * Looks at all orders, and gives what is missing until nothing is. Run again it gives nothing that was taken in, or that its
 * database shows to be waiting. What waits at RabbitMQ may come twice, and has its effect once.
 * @throws where a database can't be used, and where a service doesn't send what is in its outbox.
 */
export const reconcile = async ({ databases, dryRun = false, patienceMs = 10_000 }: Options): Promise<Outcome> => {
  const sources = {
    order: open(databases.order),
    payment: open(databases.payment),
    inventory: open(databases.inventory),
    notification: open(databases.notification),
  }
  const run = { sources, dryRun, patienceMs, given: [], left: 0, sending: 0 }
  try {
    for (const selection of await slices(sources.order, atOnce)) await catchUp(run, selection)
    return outcomeOf(run)
  } finally {
    await Promise.all(Object.values(sources).map((source) => source.end()))
  }
}

interface Run {
  readonly sources: Readonly<Record<Service, Database>>
  readonly dryRun: boolean
  readonly patienceMs: number
  readonly given: Missing[]
  left: number
  sending: number
}

const open = (url: string): Database =>
  openDatabase({ url, applicationName: 'quadrille-reconcile', max: 2, onIdleError: () => undefined }) // the next statement connects again

/** Round after round, as what comes next depends on what the services have made of the last. */
const catchUp = async (run: Run, selection: Selection): Promise<void> => {
  const given = new Set<string>()
  for (;;) {
    const missing = await withPlaces(run.sources, await findMissing(run.sources, selection))
    const fresh = missing.filter(({ place, key }) => place === undefined && !given.has(key))
    for (const { key } of fresh) given.add(key)
    run.given.push(...fresh)
    if (fresh.length === 0)
      run.left += missing.filter(({ place, message }) => place !== 'handled' && isEvent(message)).length
    if (fresh.length === 0 || run.dryRun) break
    await give(run, fresh)
  }
  run.sending += await countSending(run.sources.notification, selection)
}

interface Placed extends Missing {
  readonly key: string
  /** Where the message is already; undefined where the service's database doesn't know of it. */
  readonly place: Place | undefined
}

const withPlaces = async (sources: Readonly<Record<Service, Sql>>, missing: readonly Missing[]): Promise<Placed[]> => {
  const ofEach = await Promise.all(
    [...Map.groupBy(missing, ({ to }) => to)].map(async ([to, its]) => {
      const places = await findPlaces(sources[to], idsOf(its))
      return its.map((each) => ({ ...each, key: `${to} ${each.message.id}`, place: places.get(each.message.id) }))
    }),
  )
  return ofEach.flat()
}

/** Tasks are done when the world outside has answered, which is not waited for. */
const isEvent = ({ type }: Missing['message']): boolean => catalog[type].kind === 'event'

const give = async ({ sources, patienceMs }: Run, fresh: readonly Missing[]): Promise<void> => {
  await Promise.all(
    [...Map.groupBy(fresh, ({ to }) => to)].map(async ([to, its]) => {
      await insertOutbox(sources[to], its.map(outgoing), atOnceForAnybody)
      const events = its.filter(({ message }) => isEvent(message))
      if ((await untilTakenIn(sources[to], idsOf(events), patienceMs)) === 0) return
      throw new Error(
        `${to} sends nothing: is it running? What it is to have waits in its outbox. Then run this again.`,
      )
    }),
  )
}

/** No lease: the service's sweep sends them. */
const atOnceForAnybody = { rows: 0, ms: 0 }

/** As the services send it, in the same version: an inbox that has it already must see that it is the same. */
const outgoing = ({ message, address }: Missing): Outgoing => ({
  id: message.id,
  type: message.type,
  orderId: message.subject,
  to: address,
  body: Buffer.from(encode(message)).toString(),
  traceparent: message.traceparent,
})

const outcomeOf = ({ given, left, sending }: Run): Outcome => ({
  orders: new Set(given.map(({ message }) => message.subject)).size,
  given: new Map(
    [...Map.groupBy(given, ({ to }) => to)].map(([to, its]) => {
      const byType = Map.groupBy(its, ({ message }) => message.type)
      return [to, new Map([...byType].map(([type, { length }]) => [type, length]))]
    }),
  ),
  left,
  sending,
})

const idsOf = (missing: readonly Missing[]): string[] => missing.map(({ message }) => message.id)
