/** The format of server-sent events (HTML Standard, section 9.2, https://html.spec.whatwg.org/multipage/server-sent-events.html). */

export const eventStream = 'text/event-stream'

export interface ServerSentEvent {
  /** The position after this event. The client sends it as `Last-Event-ID` when it resumes. One line. */
  readonly id: string
  readonly data: string
}

/** The limits of the time after which a client reconnects, ms. It is random, so that clients do not reconnect all at once. */
const minRetryMs = 1_000
const maxRetryMs = 3_000

/** One event, with its blank line. Each line ends in LF. */
export const formatEvent = ({ id, data }: ServerSentEvent): string => {
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`)
  return `${idLine(id)}${lines.join('')}\n`
}

/** The beginning of a stream: a client that is cut before its first event resumes at this position. */
export const formatBeginning = (id: string, random: () => number = Math.random): string =>
  `${idLine(id)}retry: ${Math.round(minRetryMs + random() * (maxRetryMs - minRetryMs))}\n\n`

/** Moves the position of the client, without an event. */
export const formatId = (id: string): string => `${idLine(id)}\n`

/**
 * The same as an event, for a page that opens a new `EventSource` itself: a browser keeps an id without data, but does not show it to
 * the page. The event has a name of its own, so that `onmessage` ignores it.
 */
export const formatPositionEvent = (id: string): string => `event: position\n${idLine(id)}data: {"type":"position"}\n\n`

/** A comment, which clients ignore. */
export const emptyComment = ':\n\n'

const idLine = (id: string): string => {
  if (/[\r\n\0]/.test(id)) throw new Error(`The id of an event has more than one line: ${JSON.stringify(id)}.`)
  return `id: ${id}\n`
}
