/**
 * Sends each service the messages that it lacks, after its database was restored from an older backup or RabbitMQ has
 * lost messages.
 *
 * Each message is inserted into the outbox of the receiving service, addressed to its own inbox or work queue, like a
 * replayed dead letter. The service then applies it once. No other service receives it, and nothing else is written.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { limitConcurrency } from '@quadrille/async'
import { type Databases, type Selection, withIds } from '@quadrille/audit'
import { type ByRunningService, type MessageType, mapValues, type ServiceName } from '@quadrille/events'
import type { PublishVersions } from '@quadrille/messages'
import type { Database } from '@quadrille/postgres'
import { countSending } from './comparisons/notification.ts'
import { causesDecision, type Missing } from './missing.ts'
import { openSource } from './open-source.ts'
import { isTaskInTransit, isUnhandled, type PartKeys } from './part-keys.ts'
import { partsOf } from './parts.ts'
import { compareOnce, keysOf, type Placed } from './placed.ts'
import { isEvent, sendMissing, untilHandled } from './send-missing.ts'
import { findUnpaidOrders, type UnpaidOrder } from './unpaid.ts'
import { findPublishedVersions } from './versions.ts'

export interface Options {
  /** The services that own these databases must be running, unless `dryRun`. */
  readonly databases: Databases
  /** Only finds the messages that would be sent first. Later messages depend on these. */
  readonly dryRun?: boolean
  /** PUBLISH_VERSIONS, if the services set it. A message that arrives twice must have the same content. */
  readonly publishVersions?: PublishVersions
  /** How long to wait for a service that makes no progress, ms. Default 10 s. */
  readonly stalledAfterMs?: number
  /** The number of orders in a part. A few parts at a time limit the size of the outboxes. Default 1,000. */
  readonly ordersPerPart?: number
  /** Waits between two comparisons. Default: a timer. */
  readonly pause?: (ms: number) => Promise<unknown>
  /** Called before each part of the orders is examined. */
  readonly onProgress?: (progress: Progress) => void
}

export interface Progress {
  readonly part: number
  readonly of: number
}

export interface Outcome {
  /** The number of messages sent to each service, by type. */
  readonly sent: ReadonlyMap<ServiceName, ReadonlyMap<MessageType, number>>
  /** The number of messages that are missing and not sent again, and of events that were sent and not handled. */
  readonly unhandled: number
  /** The orders among them whose missing event is in a history in a form that can't be read, with the reason. */
  readonly unreadable: ReadonlyMap<string, string>
  /** The number of notifications that may have attempts left. A lost one is detected only after an hour. */
  readonly sending: number
  /** The number of open orders that payment does not know. Their OrderPlaced is in a queue, or lost. */
  readonly unknownToPayment: number
  /** The number of open orders that payment knows and whose charge is in none of its tables. It is in a queue, or lost. */
  readonly uncharged: number
}

/**
 * A message that is still missing after this is not just in transit, ms. A shop without a backlog handles events within
 * one second, and those that linger within LINGER_MS, at most 4 s, and one second.
 */
const compareAgainAfterMs = 5_000

/**
 * Compares every order that exists at the start, and sends missing messages until none is missing. A repeated run does
 * not send messages that were handled, or that wait in a database. It awaits those in an outbox, where another run may have put
 * them. A message that waits in RabbitMQ may arrive twice, and has its effect once.
 *
 * The first pass restores the decisions in all histories, which reserve and release stock as before. In the second pass
 * inventory decides the other orders with the remaining stock.
 * @throws if a database can't be used, or a service does not send the messages in its outbox.
 */
export const reconcile = async ({ databases, ...options }: Options): Promise<Outcome> => {
  const sources = mapValues(databases, (url, service) => openSource(url, { service, connections: partsAtOnce }))
  try {
    const publishVersions = { ...(await findPublishedVersions(sources)), ...options.publishVersions }
    const tally = { sent: new Map(), unhandled: 0, unreadable: new Map() }
    const run: Run = { ...defaults, ...options, publishVersions, sources, tally }
    const parts = await partsOf(sources.order, run.ordersPerPart)
    if (run.dryRun) await runPass(run, parts, { isDue: () => true, atOnce: partsAtOnce })
    else {
      const restore = { isDue: (missing: Missing) => !causesDecision(missing), atOnce: partsAtOnce }
      const undecided = await runPass(run, parts, restore)
      await runPass(run, undecided, { isDue: causesDecision, atOnce: 1 }) // the earliest orders get the remaining stock
    }
    let sending = 0
    for (const part of parts) sending += await countSending(sources.notification, part)
    const unpaid = await countUnpaid(run, parts)
    return { ...run.tally, sending, ...unpaid }
  } finally {
    await Promise.all(Object.values(sources).map((source) => source.end()))
  }
}

const defaults = {
  dryRun: false,
  stalledAfterMs: 10_000,
  ordersPerPart: 1_000,
  pause: wait,
  onProgress: () => undefined,
}

interface Run extends Required<Omit<Options, 'databases'>> {
  readonly sources: ByRunningService<Database>
  readonly tally: Tally
}

interface Tally {
  readonly sent: Map<ServiceName, Map<MessageType, number>>
  unhandled: number
  readonly unreadable: Map<string, string>
}

/** A part mostly waits, for its next comparison or for the services. The number of connections to each database is the same. */
const partsAtOnce = 4

/** Whether a message is sent in the current pass. */
type IsDue = (missing: Missing) => boolean

interface Pass {
  readonly isDue: IsDue
  /** How many parts are reconciled at a time. */
  readonly atOnce: number
}

/**
 * Reconciles the parts in their order, and returns those with missing messages that are not due in this pass.
 * @throws the error of the first part that fails, after those that have begun. No other part begins then.
 */
const runPass = async (run: Run, parts: readonly Selection[], { isDue, atOnce }: Pass): Promise<Selection[]> => {
  const limit = limitConcurrency(atOnce)
  const errors: unknown[] = []
  const finish = async (part: Selection, index: number): Promise<boolean> => {
    if (errors.length > 0) return false
    run.onProgress({ part: index + 1, of: parts.length })
    return (await reconcilePart(run, part, isDue)).every(isDue)
  }
  const finished = await Promise.all(
    parts.map((part, index) => limit(() => finish(part, index).catch((error) => void errors.push(error)))),
  )
  if (errors.length > 0) throw errors[0]
  return parts.filter((_, index) => !finished[index])
}

/**
 * Sends messages in rounds, because later messages depend on the effects of earlier ones. It sends each message once, so
 * the rounds end. Returns the messages that are still missing.
 */
const reconcilePart = async (run: Run, part: Selection, isDue: IsDue): Promise<readonly Placed[]> => {
  const first = await compareUntilStable(run, part, () => true)
  const unsent = first.filter((each) => isDue(each) && each.place === 'unsent')
  const keys: PartKeys = { unsentBefore: keysOf(unsent), sent: new Set() }
  const repaired = new Set<string>()
  const isFresh = (each: Placed) => each.place === undefined && !keys.sent.has(each.key) && !isTaskInTransit(each, keys)
  // One comparison is enough for the orders that have received messages in this run.
  const isDoubtful = (each: Placed) => isDue(each) && isFresh(each) && !repaired.has(each.message.subject)
  const next = () => compareUntilStable(run, part, isDoubtful)
  const awaited = !run.dryRun && (await untilHandled(run, unsent.filter(isEvent)))
  for (let missing = awaited ? await next() : first; ; missing = await next()) {
    const due = missing.filter(isDue)
    const fresh = due.filter(isFresh)
    countSent(run.tally, fresh)
    if (fresh.length === 0 || run.dryRun) {
      countUnhandled(
        run.tally,
        due.filter((each) => isUnhandled(each, keys)),
      )
      return missing
    }
    for (const { key, message } of fresh) {
      keys.sent.add(key)
      repaired.add(message.subject)
    }
    await sendMissing(run, fresh)
  }
}

/** A part is compared at most this often until the same messages are missing twice. */
const maxComparisons = 5

/**
 * Compares a part until every doubtful message that is missing was also missing in the comparison before. A message may be in
 * transit, and once it is handled the next one is. Those of the last comparison alone are left out as in transit.
 */
const compareUntilStable = async (
  run: Run,
  part: Selection,
  isDoubtful: (missing: Placed) => boolean,
): Promise<readonly Placed[]> => {
  let before: ReadonlySet<string> = new Set()
  for (let comparison = 1; ; comparison += 1) {
    const missing = await compareOnce(run.sources, part)
    const isNew = (each: Placed) => isDoubtful(each) && !before.has(each.key)
    if (comparison === maxComparisons || !missing.some(isNew)) return missing.filter((each) => !isNew(each))
    before = keysOf(missing.filter(isDoubtful))
    await run.pause(compareAgainAfterMs)
  }
}

/** Also counts those whose OrderPlaced or Charge has failed as unhandled. */
const countUnpaid = async (
  { sources, pause, tally }: Run,
  parts: readonly Selection[],
): Promise<Pick<Outcome, 'unknownToPayment' | 'uncharged'>> => {
  const before: string[] = []
  for (const part of parts) before.push(...(await findUnpaidOrders(sources, part)).keys())
  if (before.length === 0) return { unknownToPayment: 0, uncharged: 0 }
  await pause(compareAgainAfterMs)
  const unpaid = [...(await findUnpaidOrders(sources, withIds(before))).values()]
  const countOf = (state: UnpaidOrder) => unpaid.filter((each) => each === state).length
  tally.unhandled += countOf('failed')
  return { unknownToPayment: countOf('unknown'), uncharged: countOf('uncharged') }
}

const countSent = ({ sent }: Tally, fresh: readonly Missing[]): void => {
  for (const { to, message } of fresh) {
    const byType = sent.get(to) ?? new Map<MessageType, number>()
    sent.set(to, byType.set(message.type, (byType.get(message.type) ?? 0) + 1))
  }
}

const countUnhandled = (tally: Tally, unhandled: readonly Placed[]): void => {
  tally.unhandled += unhandled.length
  for (const { message, unreadable } of unhandled)
    if (unreadable !== null) tally.unreadable.set(message.subject, unreadable)
}
