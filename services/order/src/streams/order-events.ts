/** The stream of the events of one order. Its positions are the ids of its events, because the lock on an order puts them in order. */
import { Alarm, pause } from '@quadrille/async'
import { type EventStream, formatBeginning, formatEvent } from '@quadrille/service'
import { readHistory } from '../db/history-table.ts'
import { maxEvents, maxHeldBytes, type StreamSources, sendAll } from './all-events.ts'
import { failurePauseMs } from './hub.ts'

/** The position before the first event. */
export const beginning = 'start'

export interface Place {
  readonly orderId: string
  /** The last event that the client has: its id and its `seq`. Null for the whole history. */
  readonly after: { readonly id: string; readonly seq: number } | null
}

/** No timeout: the longest delay of a timer, ms. */
const untilRungMs = 2 ** 31 - 1

interface Part {
  readonly texts: readonly string[]
  /** The `seq` of the last event. */
  readonly last: number | null
  readonly isComplete: boolean
}

/** A closed stream reads no events. */
const nothing: Part = { texts: [], last: null, isComplete: true }

/**
 * The history after the place, then new events: those after the last one sent, read at the pace of the client. If they cannot be read,
 * it waits and reads again.
 */
export const streamOrder = ({ hub, database, inTurn }: StreamSources, { orderId, after }: Place): EventStream => ({
  open: async (sink) => {
    sink.send(formatBeginning(after?.id ?? beginning))
    const added = new Alarm()
    await hub.followOrder(orderId, { sink, onAdded: () => added.ring() })
    let sent = after?.seq ?? null
    while (!sink.closed.aborted) {
      await sink.drained()
      try {
        const { texts, last, isComplete } = await inTurn(async () =>
          sink.closed.aborted ? nothing : await read(database, { orderId, after: sent }),
        )
        await sendAll(sink, texts)
        sent = last
        if (isComplete) await added.pause(untilRungMs, sink.closed)
      } catch (error) {
        hub.warn(error)
        await pause(failurePauseMs, sink.closed)
      }
    }
  },
})

interface Rest {
  readonly orderId: string
  /** The `seq` of the last event that was sent. */
  readonly after: number | null
}

/** Returns texts only, so that the stream holds no parsed events while its client reads. */
const read = async (database: StreamSources['database'], { orderId, after }: Rest): Promise<Part> => {
  const { rows, isComplete } = await readHistory(database, orderId, { after, limit: maxEvents, maxBytes: maxHeldBytes })
  const texts = rows.map(({ event }) => formatEvent({ id: event.id, data: JSON.stringify(event) }))
  return { texts, last: rows.at(-1)?.seq ?? after, isComplete }
}
