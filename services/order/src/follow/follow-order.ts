/** The stream of the events of one order. Its positions are the ids of its events, because the lock on an order puts them in order. */
import { type EventStream, formatBeginning, formatEvent } from '@quadrille/service'
import { listHistory } from '../db/history-table.ts'
import { type Follow, sendAll } from './follow-all.ts'

/** The position before the first event. */
export const beginning = 'start'

export interface Place {
  readonly orderId: string
  /** The last event that the client has: its id and its `seq`. Null for the whole history. */
  readonly after: { readonly id: string; readonly seq: number } | null
}

const maxEvents = 100

/** The history after the place, then new events. */
export const followOrder = ({ hub, database, inTurn }: Follow, { orderId, after }: Place): EventStream => ({
  open: async (sink) => {
    sink.send(formatBeginning(after?.id ?? beginning))
    let sent = after?.seq ?? 0
    let waiting: Shown[] | null = []
    /** Those that were not sent. */
    const format = (events: readonly Shown[]): string[] => {
      const fresh = events.filter(({ seq }) => seq > sent)
      sent = fresh.at(-1)?.seq ?? sent
      return fresh.map(({ id, json }) => formatEvent({ id, data: json }))
    }
    const take = (events: readonly Shown[]) => {
      if (waiting) waiting.push(...events)
      else sink.send(format(events).join(''))
    }
    await hub.followOrder(orderId, { sink, take })
    while (!sink.closed.aborted) {
      const page = { order: 'asc', after: sent, limit: maxEvents } as const
      const rows = await inTurn(async () => (sink.closed.aborted ? [] : await listHistory(database, orderId, page)))
      await sendAll(sink, format(rows.map(({ seq, event }) => ({ seq, id: event.id, json: JSON.stringify(event) }))))
      if (rows.length < maxEvents) break
    }
    const arrived = format(waiting)
    waiting = null
    if (arrived.length > 0) sink.send(arrived.join(''))
  },
})

interface Shown {
  readonly seq: number
  readonly id: string
  readonly json: string
}
