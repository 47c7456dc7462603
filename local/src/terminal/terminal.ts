/** The standard output of `npm start`: lines for a person, or the log as JSON. */
import type { DestinationStream } from 'pino'
import { createLogPrinter } from './log-printer.ts'
import { coloured, plain, type Style } from './style.ts'

export type LogFormat = 'text' | 'json'

export interface Terminal {
  readonly style: Style
  /**
   * Returns false if it dropped the line, because the reader of a pipe has not read earlier ones. A terminal is different: Node writes
   * to it synchronously, so the shop waits while its output is paused (Ctrl-S).
   */
  print(line: string): boolean
  /** Takes log lines, which are JSON, and prints them as text. Undefined if they go to standard output as they are. */
  readonly log: DestinationStream | undefined
}

/** The size of what a pipe's reader may have not read, bytes. */
const maxUnread = 1_048_576

/** In colour if standard output is a terminal that has colours, and NO_COLOR is not set. */
export const openTerminal = (format: LogFormat): Terminal => {
  const { stdout } = process
  stdout.on('error', () => undefined) // the shop goes on without its output: a closed pipe or terminal, a full disk
  const style = stdout.isTTY && stdout.hasColors() ? coloured : plain
  const print = (line: string): boolean => {
    if (stdout.writableLength > maxUnread) return false
    console.log(line)
    return true
  }
  return { style, print, log: format === 'text' ? createLogPrinter({ print, style }) : undefined }
}
