/** Reads server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation). */

export interface EventLines {
  /** Reads the next part of the text. @throws if a line is too long, because the rest can't be understood. */
  read(text: string): void
}

/** An event has at most 1 MiB. */
const maxLineLength = 2_000_000

/** @param onData is called with the data of each event. */
export const createEventLines = (onData: (data: string) => void): EventLines => {
  let rest = ''
  let data: string | undefined
  const readLine = (line: string) => {
    if (line === '') {
      if (data !== undefined) onData(data)
      data = undefined
    } else if (line.startsWith('data:')) {
      const value = line.replace(/^data: ?/, '')
      data = data === undefined ? value : `${data}\n${value}`
    }
  }
  return {
    read: (text) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > maxLineLength) throw new Error('a line of the stream is too long')
      for (const line of lines) readLine(line.endsWith('\r') ? line.slice(0, -1) : line)
    },
  }
}
