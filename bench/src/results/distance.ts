/** The distance of a system from the floors of the machine. */
import type { SummaryLine } from './summary.ts'

export interface Distance {
  /** Orders per second, if the machine only wrote the rows and sent the messages of the orders. */
  readonly floorRate: number
  /** The CPU of those rows and messages, ms an order. */
  readonly floorCpu: number
  /** The rate of the system, relative to `floorRate`. */
  readonly rateShare: number
  /** The CPU of the system, relative to `floorCpu`. */
  readonly cpuTimes: number
}

export interface FloorLines {
  /** Rows in batches. */
  readonly rows: SummaryLine | undefined
  /** The messages of an order of the product over RabbitMQ. */
  readonly messages: SummaryLine | undefined
  /** The line of the product with that number of messages. */
  readonly counted: SummaryLine | undefined
}

/**
 * Its floor is the cost of as many rows as it writes, a hundred in a transaction, and of as many deliveries as it gets from
 * RabbitMQ. Both need the processors, so that their times add up. Null if a figure is missing.
 */
export const distanceOf = ({ figures }: SummaryLine, floors: FloorLines): Distance | null => {
  const { rate, cpu, rowsWritten, delivered } = figures
  const row = costOf(floors.rows)
  const messages = delivered ? costOf(floors.messages) : { seconds: 0, cpu: 0 }
  const share = delivered ? delivered.median / (floors.counted?.figures.delivered?.median ?? Number.NaN) : 0
  if (!rate || !cpu || !rowsWritten || !row || !messages || Number.isNaN(share)) return null
  const floorRate = 1 / (rowsWritten.median * row.seconds + share * messages.seconds)
  const floorCpu = rowsWritten.median * row.cpu + share * messages.cpu
  return { floorRate, floorCpu, rateShare: rate.median / floorRate, cpuTimes: cpu.median / floorCpu }
}

/** The time and the CPU of one operation of a floor. */
const costOf = (floor: SummaryLine | undefined): { readonly seconds: number; readonly cpu: number } | null => {
  const { rate, cpu } = floor?.figures ?? {}
  return rate && cpu ? { seconds: 1 / rate.median, cpu: cpu.median } : null
}
