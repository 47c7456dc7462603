/** The trace of an order in a running shop, from its history: each event with its time, its publisher and its cause. */
import { drawTree } from './draw-tree.ts'

/** The fields of an event that are drawn. */
export interface HistoryEvent {
  readonly id: string
  readonly type: string
  readonly source: string
  readonly time: string
  readonly causationid?: string
  readonly traceparent?: string
}

interface Page {
  readonly items: readonly HistoryEvent[]
  readonly nextCursor?: string | null
}

/** @throws one line with the solution if the order does not exist or the order service does not answer. */
export const readHistory = async (orderUrl: string, orderId: string): Promise<HistoryEvent[]> => {
  const events: HistoryEvent[] = []
  let cursor: string | null | undefined
  do {
    const query = new URLSearchParams({ limit: '100', ...(cursor ? { cursor } : {}) })
    const page = await get(orderUrl, `/orders/${encodeURIComponent(orderId)}/events?${query}`)
    events.push(...page.items)
    cursor = page.nextCursor
  } while (cursor)
  return events
}

const get = async (orderUrl: string, path: string): Promise<Page> => {
  const url = `${orderUrl}${path}`
  const response = await fetch(url).catch((cause: Error) => {
    throw new Error(`No answer from ${orderUrl}. Run npm start, or set ORDER_URL, such as http://127.0.0.1:3000.`, {
      cause,
    })
  })
  const body = (await response.json().catch(() => null)) as Partial<Page & { detail: string }> | null
  if (response.ok && body?.items) return { ...body, items: body.items }
  throw new Error(body?.detail ?? `${url} returned ${response.status} without events. Check ORDER_URL.`)
}

/**
 * The events as lines of text, in time order: the time after the first event in ms, by the publisher's clock, and the
 * name, indented below the causing event. An event caused by an internal message, such as a task's outcome, is not
 * indented.
 */
export const drawHistory = (events: readonly HistoryEvent[]): string => {
  const nodes = events.map(({ id, type, source, time, causationid }) => ({
    ...{ id, parentId: causationid ?? null, startMs: Date.parse(time) },
    name: `${source.slice(1)}: ${type}`,
  }))
  const lines = drawTree(nodes, (_, sinceFirstMs) => sinceFirstMs.toFixed(0).padStart(7))
  return ['     ms  event', ...lines].join('\n')
}

/** The trace id, for tools such as Jaeger. Null if the events have none. */
export const traceIdOf = (events: readonly HistoryEvent[]): string | null =>
  events.map(({ traceparent }) => traceparent?.split('-')[1]).find((id) => id !== undefined) ?? null
