/** The stream of the events of all orders. */
import type { Database } from '@quadrille/postgres'
import { type EventSink, type EventStream, formatBeginning, formatId, formatPositionEvent } from '@quadrille/service'
import { formatPosition, type Position, positionAfter } from '../db/history-position.ts'
import { readAdded } from '../db/history-stream.ts'
import type { Hub } from './hub.ts'
import { formatAdded, type Selection, selectsByOrder, type Take } from './subscriptions.ts'
import { untilClosed } from './until-closed.ts'

export interface StreamSources {
  readonly hub: Pick<Hub, 'follow' | 'followOrder' | 'position' | 'warn'>
  readonly database: Pick<Database, 'query'>
  /** Limits how many streams read at a time, so that they leave connections to others. */
  readonly inTurn: <Result>(read: () => Promise<Result>) => Promise<Result>
}

/** The maximum number of events that a stream reads at a time. */
export const maxEvents = 200
/** The maximum size of what it reads, bytes: it holds this until its client has read it. The last event may exceed the size. */
export const maxHeldBytes = 131_072
/** After this many characters, a stream waits for its client. */
const maxPart = 65_536
/** The maximum size of new events that wait while a stream reads earlier ones, bytes. Beyond it, the stream reads them itself. */
const maxWaiting = 1_048_576

export interface AllEvents extends Selection {
  /** Whether positions are events that a page can see. Default: ids without data. */
  readonly positions?: boolean | undefined
}

/**
 * All events that match after the position: first those that are stored, then new ones. If the client reads more slowly than new ones
 * come, the stream reads stored ones again, at the pace of its client.
 */
export const streamAll = (
  { hub, ...reading }: StreamSources,
  after: Position,
  { positions = false, ...selection }: AllEvents,
): EventStream => {
  const move = (position: Position) => (positions ? formatPositionEvent : formatId)(formatPosition(position))
  let isLive = false
  return {
    heartbeat: () => {
      const at = isLive ? hub.position : null
      return at ? move(at) : undefined
    },
    open: async (sink) => {
      sink.send(formatBeginning(formatPosition(after)) + (positions ? move(after) : ''))
      let at = after
      while (!sink.closed.aborted) {
        const live = liveEvents(sink)
        const following = await hub.follow(at, selection, { sink, take: live.take })
        if (!following) return
        await catchUp(reading, { from: at, to: following.from, selection, sink, move })
        isLive = true
        at = (await live.sendAll()) ?? at
        isLive = false
        following.stop()
        await sink.drained()
      }
    },
  }
}

interface New {
  readonly events: Uint8Array
  /** The position before them. */
  readonly from: Position
}

/** The new events of a stream, which wait until it has sent all earlier ones. */
const liveEvents = (sink: EventSink) => {
  const waiting: New[] = []
  let bytes = 0
  let hasBegun = false
  const missed = Promise.withResolvers<Position | null>()
  let hasMissed = false
  const miss = (from: Position) => {
    hasMissed = true
    missed.resolve(from) // the first call decides
  }
  const send = ({ events, from }: New) => {
    if (hasMissed || sink.isFull) miss(from)
    else sink.send(events)
  }
  const take: Take = (events, from) => {
    if (hasBegun || hasMissed) return send({ events, from })
    bytes += events.length
    waiting.push({ events, from })
    if (bytes <= maxWaiting) return
    miss(waiting[0]?.from ?? from)
    waiting.length = 0
  }
  return {
    take,
    /** Sends them, until too many wait for the client. Resolves to the position after the last one sent; null if it is closed. */
    sendAll: async (): Promise<Position | null> => {
      hasBegun = true
      for (const item of waiting.splice(0)) send(item)
      const stop = untilClosed(sink, () => missed.resolve(null))
      const from = await missed.promise
      stop()
      return from
    },
  }
}

interface Section {
  readonly from: Position
  readonly to: Position
  readonly selection: Selection
  readonly sink: EventSink
  readonly move: (position: Position) => string
}

/** Sends the stored events between two positions, at the pace of the client. */
const catchUp = async (
  { database, inTurn }: Omit<StreamSources, 'hub'>,
  { from, to, selection, sink, move }: Section,
): Promise<void> => {
  const limits = { limit: maxEvents, maxBytes: maxHeldBytes, withOrders: selectsByOrder(selection) }
  /** Returns texts only, so that the stream holds no parsed events while its client reads. */
  const read = async (after: Position) => {
    const added = await readAdded(database, after, { until: to.snapshot, ...limits })
    const last = added.isComplete ? undefined : added.events.at(-1)
    return { texts: formatAdded(after, added, selection), next: last && positionAfter(after, added.snapshot, last) }
  }
  let at = to.last === null ? undefined : from
  while (at) {
    const after = at
    const part = await inTurn(async () => (sink.closed.aborted ? undefined : await read(after)))
    at = part?.next
    if (part) await sendAll(sink, part.texts)
    if (at) await sendAll(sink, [move(at)]) // progress, even if no event matches
  }
}

/** Sends events in parts, each after the client has read the earlier ones. */
export const sendAll = async (sink: EventSink, events: readonly string[]): Promise<void> => {
  let part = ''
  for (const [index, event] of events.entries()) {
    part += event
    if (part.length < maxPart && index < events.length - 1) continue
    sink.send(part)
    part = ''
    await sink.drained()
  }
}
