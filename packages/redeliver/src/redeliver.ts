/**
 * Gives a service whose database was restored from an older backup what it has missed: what it had said itself since, and what
 * it had heard. Both are in the orders' histories, which the order service keeps.
 *
 * Each message goes into the service's own outbox, addressed to its own inbox, as a replayed dead letter does. So the service's
 * reactions apply it, once; nobody else hears of it, and nothing is written but those outbox rows.
 */
import { type Databases, type Selection, slices } from '@quadrille/audit'
import { encode, type Message, type MessageType } from '@quadrille/events'
import { directExchange, inboxOf } from '@quadrille/messaging'
import { insertOutbox, type Outgoing } from '@quadrille/outbox'
import { openDatabase } from '@quadrille/postgres'
import { type Restorable, readBehind, type Sources } from './behind/behind.ts'
import { readEvents } from './events.ts'
import { findMessages, untilSettled } from './whereabouts.ts'

export interface Options {
  readonly databases: Databases
  /** The service that was restored. It must be running, unless `dryRun`. */
  readonly to: Restorable
  /** Only find out what it would be given first; the rest follows from that. */
  readonly dryRun?: boolean
  /** How long it may take in nothing before it counts as not doing so, ms. Default 10 s. */
  readonly patienceMs?: number
}

export interface Outcome {
  /** Orders that it was behind on. */
  readonly orders: number
  /** What it was given, by type. */
  readonly given: ReadonlyMap<MessageType, number>
  /** Messages that it was given, now or before, and has not taken in. */
  readonly left: number
}

/** Orders at a time: that many histories are held in memory, and a few messages of each lie in the outbox. */
const atOnce = 1_000

/**
 * Looks at all orders, and gives the service what it has missed of them until nothing is missing. Run again it gives nothing
 * that it has taken in, or that waits there.
 * @throws where a database can't be used, and where the service takes nothing in.
 */
export const redeliver = async ({ databases, to, dryRun = false, patienceMs = 10_000 }: Options): Promise<Outcome> => {
  const order = open(databases.order)
  const restored = open(databases[to])
  const sum: Sum = { orders: 0, given: new Map(), left: 0 }
  const giving = { to, sources: { order, restored }, dryRun, patienceMs, sum }
  try {
    for (const selection of await slices(order, atOnce)) await catchUp(giving, selection)
    return sum
  } finally {
    await Promise.all([order.end(), restored.end()])
  }
}

interface Sum {
  orders: number
  given: Map<MessageType, number>
  left: number
}

interface Giving {
  readonly to: Restorable
  readonly sources: Sources
  readonly dryRun: boolean
  readonly patienceMs: number
  readonly sum: Sum
}

const open = (url: string) =>
  openDatabase({ url, applicationName: 'quadrille-redeliver', max: 2, onIdleError: () => undefined }) // the next statement connects again

/** Round after round, as what comes next depends on what the service has made of the last. */
const catchUp = async (giving: Giving, selection: Selection): Promise<void> => {
  const given = new Map<string, Message>()
  for (let before: Round | undefined; ; ) {
    const round = await findMissing(giving, selection)
    const fresh = round.missing.filter(({ id }) => !round.places.has(id) && !given.has(id))
    for (const event of fresh) given.set(event.id, event)
    if (fresh.length === 0 ? isSame(round, before) : giving.dryRun) {
      giving.sum.left += round.missing.filter(({ id }) => round.places.get(id) !== 'handled').length
      break
    }
    await give(giving, fresh)
    before = round
  }
  count(giving.sum, [...given.values()])
}

/** What the service has not made its own yet, and where each message of that is, as far as its database knows. */
interface Round {
  readonly missing: readonly Message[]
  readonly places: Awaited<ReturnType<typeof findMessages>>
}

const findMissing = async ({ to, sources }: Giving, selection: Selection): Promise<Round> => {
  const missing = await readEvents(sources.order, await readBehind(to, sources, selection))
  return { missing, places: await findMessages(sources.restored, idsOf(missing)) }
}

/** Whether nothing has moved since. What is missing first may have been handled a moment later. */
const isSame = ({ missing }: Round, before: Round | undefined): boolean =>
  missing.length === 0 || (before !== undefined && idsOf(missing).join() === idsOf(before.missing).join())

const give = async ({ to, sources, patienceMs }: Giving, events: readonly Message[]): Promise<void> => {
  if (events.length === 0) return
  await insertOutbox(sources.restored, events.map(outgoing(to)), atOnceForAnybody)
  if ((await untilSettled(sources.restored, idsOf(events), patienceMs)) > 0) return
  throw new Error(`${to} takes nothing in: is it running? What it has missed waits in its outbox. Then run this again.`)
}

/** No lease: the service's sweep sends them. */
const atOnceForAnybody = { rows: 0, ms: 0 }

/** As the services send it, in the same version: an inbox that has it already must see that it is the same. */
const outgoing =
  (to: Restorable) =>
  (event: Message): Outgoing => ({
    id: event.id,
    type: event.type,
    orderId: event.subject,
    to: { exchange: directExchange(to), routingKey: inboxOf(to) },
    body: Buffer.from(encode(event)).toString(),
    traceparent: event.traceparent,
  })

const count = (sum: Sum, given: readonly Message[]): void => {
  sum.orders += new Set(given.map(({ subject }) => subject)).size
  for (const { type } of given) sum.given.set(type, (sum.given.get(type) ?? 0) + 1)
}

const idsOf = (events: readonly Message[]): string[] => events.map(({ id }) => id)
