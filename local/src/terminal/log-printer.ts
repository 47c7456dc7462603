/** Prints log lines as text, and says how many of them were dropped. */
import type { DestinationStream } from 'pino'
import { formatLogLine } from './log-line.ts'
import type { Style } from './style.ts'

interface LogPrinterOptions {
  /** Returns false if it dropped the line. */
  readonly print: (line: string) => boolean
  readonly style: Style
}

/** Takes log lines, which are JSON. */
export const createLogPrinter = ({ print, style }: LogPrinterOptions): DestinationStream => {
  let dropped = 0
  return {
    write: (json) => {
      if (dropped > 0 && print(style('yellow', `log lines dropped because they were not read in time: ${dropped}`)))
        dropped = 0
      if (!print(formatLogLine(json, style))) dropped += 1
    },
  }
}
