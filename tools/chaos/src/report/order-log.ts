/** The log lines about one order, from the logs of all instances, for the evidence of a failed run. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { logsIn } from '../world/logs-in.ts'

/** The maximum number of lines of an order. */
const maxLines = 20

interface LogLine {
  readonly time?: number
  readonly service?: string
  readonly msg?: string
  readonly queue?: string
  readonly type?: string
  readonly attempts?: number
  readonly delayMs?: number
  readonly err?: { readonly message?: string }
}

/**
 * The lines that contain the order's id, in the order of their times, each with its time since the start of the run.
 * @param folder is the folder of the run.
 */
export const logLinesOf = (orderId: string, { folder, startedAt }: { folder: string; startedAt: Date }): string[] =>
  readdirSync(logsIn(folder))
    .filter((file) => file.endsWith('.log'))
    .flatMap((file) => readFileSync(join(logsIn(folder), file), 'utf8').split('\n'))
    .filter((line) => line.includes(orderId))
    .flatMap(parsed)
    .toSorted((one, other) => (one.time ?? 0) - (other.time ?? 0))
    .slice(0, maxLines)
    .map(({ time = 0, service, msg, queue, type, attempts, delayMs, err }) => {
      const about = Object.entries({ queue, type, attempts, delayMs, error: err?.message })
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${name} ${value}`)
      const seconds = ((time - startedAt.getTime()) / 1_000).toFixed(1).padStart(7)
      return `${seconds} s  ${service}: ${[msg, ...about].join(', ')}`
    })

/** Empty for the last line of a killed instance, which may be cut, and for RabbitMQ's own lines. */
const parsed = (line: string): LogLine[] => {
  try {
    return [JSON.parse(line)]
  } catch {
    return []
  }
}
