/** `npm run bench`: measures the throughput and the latency of orders, with both brokers. */
import { openBenchShop } from './bench-shop.ts'
import { compareHotKey } from './hot-key.ts'
import { keepInFlight, placeAtRate } from './load.ts'
import { compareLocked } from './locked.ts'
import { type BenchOptions, help, readOptions } from './options.ts'
import { overload } from './overload.ts'
import { latencyLine, throughputLine } from './report.ts'
import { type Mode, startSystem } from './systems.ts'
import { compareTracing } from './tracing.ts'

const warmUpMs = 3_000

const measureSpeed = async (mode: Mode, { instances, ms, inFlight, perSecond }: BenchOptions): Promise<void> => {
  console.log(`${mode}: starting`)
  const system = await startSystem({ mode, instances })
  try {
    const shop = await openBenchShop(system)
    await keepInFlight(shop, { inFlight, ms: warmUpMs })
    console.log(`${mode}: ${throughputLine(await keepInFlight(shop, { inFlight, ms }), inFlight)}`)
    console.log(`${mode}: ${latencyLine(await placeAtRate(shop, { perSecond, ms }), perSecond)}`)
    await shop.close()
  } finally {
    await system.stop()
  }
}

const bench = async (mode: Mode, options: BenchOptions): Promise<void> => {
  const { instances, ms, inFlight, burst, ratio } = options
  switch (options.measure) {
    case 'overload':
      return overload({ mode, ms, burst })
    case 'hot-key':
      return compareHotKey({ mode, instances, ms, inFlight })
    case 'locked':
      return compareLocked({ mode, instances, ms, inFlight })
    case 'tracing':
      return compareTracing({ mode, ms, inFlight, ratio })
    case 'speed':
      return measureSpeed(mode, options)
  }
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options === null) console.log(help)
  else for (const mode of options.modes) await bench(mode, options)
} catch (error) {
  console.error(error instanceof Error ? `bench: ${error.message}` : error)
  process.exitCode = 1
}
