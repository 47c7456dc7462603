/** Measures the throughput of orders with the same SKU, which all lock the same row of stock. */
import { openBenchShop } from './bench-shop.ts'
import { keepInFlight } from './load.ts'
import { rateOf, ratiosLine } from './report.ts'
import { type Mode, startSystem } from './systems.ts'

export interface HotKeyOptions {
  readonly mode: Mode
  /** Processes of each service. */
  readonly instances: number
  /** The duration of each load, ms. */
  readonly ms: number
  readonly inFlight: number
}

const rounds = 3

/** Alternates on one system, so that other load on the machine affects both alike. */
export const compareHotKey = async ({ mode, instances, ms, inFlight }: HotKeyOptions): Promise<void> => {
  const system = await startSystem({ mode, instances })
  const say = (line: string) => console.log(`${mode}: ${line}`)
  try {
    const spread = await openBenchShop(system)
    const hot = await openBenchShop(system, { skus: 1 })
    await keepInFlight(spread, { inFlight, ms: 3_000 })
    const ratios: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const many = rateOf(await keepInFlight(spread, { inFlight, ms }))
      const one = rateOf(await keepInFlight(hot, { inFlight, ms }))
      ratios.push(one / many)
      say(`${Math.round(many)} orders/s settled with 1,000 SKUs, ${Math.round(one)}/s with one`)
    }
    say(`throughput with one SKU, relative to 1,000 SKUs: ${ratiosLine(ratios)}`)
    await Promise.all([spread.close(), hot.close()])
  } finally {
    await system.stop()
  }
}
