/** Reads server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation). */

export interface EventLines {
  /** Reads the next part of the text. @throws if a line is too long, because the rest can't be understood. */
  read(text: string): void
  /** The id of the last event that was read completely. */
  readonly lastEventId: string | undefined
}

/** An event has at most 1 MiB. */
const maxLineLength = 2_000_000

/** @param onData is called with the data of each event. */
export const createEventLines = (onData: (data: string) => void): EventLines => {
  let rest = ''
  let data: string | undefined
  let id: string | undefined
  let lastEventId: string | undefined
  const readLine = (line: string) => {
    if (line === '') {
      lastEventId = id
      if (data !== undefined) onData(data)
      data = undefined
    } else if (line.startsWith('data:')) {
      const value = valueAfter(line, 'data:')
      data = data === undefined ? value : `${data}\n${value}`
    } else if (line.startsWith('id:')) id = valueAfter(line, 'id:')
  }
  return {
    get lastEventId() {
      return lastEventId
    },
    read: (text) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > maxLineLength) throw new Error('a line of the stream is too long')
      for (const line of lines) readLine(line.endsWith('\r') ? line.slice(0, -1) : line)
    },
  }
}

const valueAfter = (line: string, field: string): string => {
  const from = field.length + (line[field.length] === ' ' ? 1 : 0)
  return line.slice(from)
}
