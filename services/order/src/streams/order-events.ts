/** The stream of the events of one order. Its positions are the ids of its events, because the lock on an order puts them in order. */
import { type EventSink, type EventStream, formatBeginning, formatEvent } from '@quadrille/service'
import { type HistoryRow, listHistory } from '../db/history-table.ts'
import { type StreamSources, sendAll } from './all-events.ts'
import { untilClosed } from './until-closed.ts'

/** The position before the first event. */
export const beginning = 'start'

export interface Place {
  readonly orderId: string
  /** The last event that the client has: its id and its `seq`. Null for the whole history. */
  readonly after: { readonly id: string; readonly seq: number } | null
}

const maxEvents = 100

/**
 * The history after the place, then new events. If the client reads more slowly than they come, the stream reads stored events again, at
 * the pace of its client.
 */
export const streamOrder = ({ hub, database, inTurn }: StreamSources, { orderId, after }: Place): EventStream => ({
  open: async (sink) => {
    sink.send(formatBeginning(after?.id ?? beginning))
    let sent = after?.seq ?? 0
    const newest = newEvents(sink)
    /** Those that were not sent. */
    const format = (rows: readonly HistoryRow[]): string[] => {
      const fresh = rows.filter(({ seq }) => seq > sent)
      sent = fresh.at(-1)?.seq ?? sent
      return fresh.map(({ event }) => formatEvent({ id: event.id, data: JSON.stringify(event) }))
    }
    const readStored = async () => {
      while (!sink.closed.aborted) {
        const page = { order: 'asc', after: sent, limit: maxEvents } as const
        const rows = await inTurn(async () => (sink.closed.aborted ? [] : await listHistory(database, orderId, page)))
        await sendAll(sink, format(rows))
        if (rows.length < maxEvents) return
      }
    }
    await hub.followOrder(orderId, { sink, take: newest.take })
    while (!sink.closed.aborted) {
      await readStored()
      await newest.sendUntilMissed((events) => sink.send(format(events).join('')))
      await sink.drained()
    }
  },
})

/** The new events of a stream, which wait while it reads stored ones. */
const newEvents = (sink: EventSink) => {
  let waiting: HistoryRow[] = []
  let isComplete = true
  let sendNow: ((events: readonly HistoryRow[]) => void) | null = null
  let missed = Promise.withResolvers<void>()
  const miss = () => {
    isComplete = false
    sendNow = null
    missed.resolve()
  }
  return {
    take: (events: readonly HistoryRow[]) => {
      if (sendNow && !sink.isFull) sendNow(events)
      else if (sendNow || waiting.length + events.length > maxEvents) miss()
      else if (isComplete) waiting.push(...events)
    },
    /** Resolves when some were not sent, because the client does not read, or because too many waited; or when it is closed. */
    sendUntilMissed: async (send: (events: readonly HistoryRow[]) => void): Promise<void> => {
      if (waiting.length > 0) send(waiting)
      waiting = []
      if (isComplete) {
        sendNow = send
        const stop = untilClosed(sink, miss)
        await missed.promise
        stop()
      }
      isComplete = true
      missed = Promise.withResolvers()
    },
  }
}
