/** The stream of the events of one order. Its positions are the ids of its events, because the lock on an order puts them in order. */
import { Alarm, pause } from '@quadrille/async'
import { type EventStream, formatBeginning, formatEvent } from '@quadrille/service'
import { listHistory } from '../db/history-table.ts'
import { type StreamSources, sendAll } from './all-events.ts'
import { failurePauseMs } from './hub.ts'

/** The position before the first event. */
export const beginning = 'start'

export interface Place {
  readonly orderId: string
  /** The last event that the client has: its id and its `seq`. Null for the whole history. */
  readonly after: { readonly id: string; readonly seq: number } | null
}

/** The maximum number of events that a stream reads at a time. */
const maxEvents = 100
/** No timeout: the longest delay of a timer, ms. */
const untilRungMs = 2 ** 31 - 1

/**
 * The history after the place, then new events: those after the last one sent, read at the pace of the client. If they cannot be read,
 * it waits and reads again.
 */
export const streamOrder = ({ hub, database, inTurn }: StreamSources, { orderId, after }: Place): EventStream => ({
  open: async (sink) => {
    sink.send(formatBeginning(after?.id ?? beginning))
    const added = new Alarm()
    await hub.followOrder(orderId, { sink, onAdded: () => added.ring() })
    let sent = after?.seq ?? 0
    while (!sink.closed.aborted) {
      await sink.drained()
      try {
        const page = { order: 'asc', after: sent, limit: maxEvents } as const
        const rows = await inTurn(async () => (sink.closed.aborted ? [] : await listHistory(database, orderId, page)))
        await sendAll(
          sink,
          rows.map(({ event }) => formatEvent({ id: event.id, data: JSON.stringify(event) })),
        )
        sent = rows.at(-1)?.seq ?? sent
        if (rows.length < maxEvents) await added.pause(untilRungMs, sink.closed)
      } catch (error) {
        hub.warn(error)
        await pause(failurePauseMs, sink.closed)
      }
    }
  },
})
