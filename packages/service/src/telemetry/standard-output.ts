/** Standard output, for log lines and other text. It never stops the program, and never fills its memory. */
import { within } from '@quadrille/async'
import type { DestinationStream } from 'pino'

/** The size of what a pipe's reader may have not read, bytes. */
const maxUnread = 1_048_576

/**
 * Writes a text to standard output. Returns false if it dropped the text, because the reader of a pipe has not read earlier ones. A
 * terminal is different: Node writes to it synchronously, so the program waits while its output is paused (Ctrl-S).
 */
type Print = (text: string) => boolean

/**
 * The program goes on if a text can't be written, also to standard error: a closed pipe or terminal, a full disk. Later texts are
 * tried again.
 */
export const openStandardOutput = (): Print => {
  const { stdout, stderr } = process
  for (const stream of [stdout, stderr]) stream.off('error', ignore).on('error', ignore) // one listener, also if opened twice
  return (text) => {
    if (stdout.writableLength > maxUnread) return false
    stdout.write(text)
    return true
  }
}

const ignore = () => undefined

/** Waits until the reader of a pipe has read all, but not for longer than 500 ms: `process.exit` discards the rest. */
export const drainStandardOutput = (): Promise<unknown> =>
  within(500, new Promise<void>((done) => process.stdout.write('', () => done())))

/** Takes log lines, which are JSON, and adds one with the number of those that `print` has dropped. */
export const logTo = (print: Print): DestinationStream => {
  let dropped = 0
  return {
    write: (line) => {
      if (dropped > 0 && print(dropReport(dropped))) dropped = 0
      if (!print(line)) dropped += 1
    },
  }
}

const dropReport = (dropped: number): string => {
  const msg = 'log lines dropped because they were not read in time'
  return `${JSON.stringify({ level: 40, time: Date.now(), dropped, msg })}\n`
}
