/** The standard output of `npm start`: lines for a person, or the log as JSON. */
import { logTo, openStandardOutput } from '@quadrille/service/plain-server'
import type { DestinationStream } from 'pino'
import { formatLogLine } from './log-line.ts'
import { coloured, plain, type Style } from './style.ts'

export type LogFormat = 'text' | 'json'

export interface Terminal {
  readonly style: Style
  /** Returns false if it dropped the line, because the reader of a pipe has not read earlier ones. */
  print(line: string): boolean
  /** Takes log lines, which are JSON, and prints them as text. Undefined if they go to standard output as they are. */
  readonly log: DestinationStream | undefined
}

/** In colour if standard output is a terminal that has colours, and NO_COLOR is not set. */
export const openTerminal = (format: LogFormat): Terminal => {
  const { stdout } = process
  const style = stdout.isTTY && stdout.hasColors() ? coloured : plain
  const write = openStandardOutput()
  const print = (line: string) => write(`${line}\n`)
  const log = format === 'text' ? logTo((json) => print(formatLogLine(json, style))) : undefined
  return { style, print, log }
}
