/** Turns the readings of a window into figures. */
import type { MeasuredLoad } from '../load/protocol.ts'
import type { Figures } from '../results/figures.ts'
import { cpuBetween, dividedBy, ofOtherPrograms } from './cpu-between.ts'
import type { WindowReadings } from './window.ts'

/** The figures of a load, most of them per order. @throws if no order was settled in the window */
export const figuresOfLoad = (readings: WindowReadings, load: MeasuredLoad): Figures => {
  const { orders, ms, settled, acceptance, late } = load
  if (!Number.isFinite(settled.p50)) throw new Error('No order was settled in the window: measure for longer.')
  return {
    rate: (orders / ms) * 1_000,
    settledP50: settled.p50,
    settledP99: settled.p99,
    acceptedP99: acceptance.p99,
    ...(Number.isFinite(late.p99) && { lateP99: late.p99 }),
    ...cpuOfOrders(readings, { ms, orders }),
    ...memoryOf(readings),
    ...walOf(readings, orders),
    ...batchesOf(readings, orders),
    ...messagesOf(readings, orders),
  }
}

/** The figures of a system without load. @param ms - the duration of the window */
export const figuresOfIdle = (readings: WindowReadings, ms: number): Figures => {
  const { begin, end } = readings
  const transactions = ((end.postgres.transactions - begin.postgres.transactions) / ms) * 1_000
  const cpu = cpuBetween(readings.begin.cpu, readings.end.cpu)
  if (!cpu) return { transactions }
  const { services = 0, postgres = 0, broker, other } = dividedBy(cpu, ms / 100)
  return {
    transactions,
    coreServices: services,
    corePostgres: postgres,
    ...(broker !== undefined && { coreBroker: broker }),
    ...(other !== undefined && { coreOther: other }),
    ...ofOtherPrograms(cpu, ms),
    ...memoryOf(readings),
  }
}

const cpuOfOrders = (readings: WindowReadings, { ms, orders }: { ms: number; orders: number }): Figures => {
  const cpu = cpuBetween(readings.begin.cpu, readings.end.cpu)
  if (!cpu) return {}
  const { services = 0, postgres = 0, broker, other, load = 0 } = dividedBy(cpu, orders)
  return {
    cpu: services + postgres + (broker ?? 0) + (other ?? 0),
    cpuServices: services,
    cpuPostgres: postgres,
    ...(broker !== undefined && { cpuBroker: broker }),
    ...(other !== undefined && { cpuOther: other }),
    cpuLoad: load,
    ...ofOtherPrograms(cpu, ms),
  }
}

const memoryOf = ({ resident }: WindowReadings): Figures => {
  if (resident.length === 0) return {}
  return { resident: Math.max(...resident), residentAll: resident.reduce((sum, mb) => sum + mb, 0) }
}

const walOf = ({ wal: { bytes, content } }: WindowReadings, orders: number): Figures => ({
  wal: bytes / orders / 1_000,
  ...(content && {
    walWithoutImages: (bytes - content.fullPageImages) / orders / 1_000,
    rowsWritten: content.rowsWritten / orders,
    commits: content.commits / orders,
  }),
})

const batchesOf = ({ begin, end }: WindowReadings, orders: number): Figures => {
  if (!begin.services || !end.services) return {}
  const batches = end.services.batches - begin.services.batches
  const messages = end.services.messages - begin.services.messages
  return {
    batches: batches / orders,
    ...(batches > 0 && { batchSize: messages / batches }),
    loopDelay: end.services.loopDelayMs,
  }
}

const messagesOf = ({ begin, end }: WindowReadings, orders: number): Figures => {
  if (!begin.broker || !end.broker) return {}
  return {
    published: (end.broker.published - begin.broker.published) / orders,
    delivered: (end.broker.delivered - begin.broker.delivered) / orders,
    receivedBytes: (end.broker.bytesIn - begin.broker.bytesIn) / orders,
  }
}
