/** What tracing costs: the product without it, and with some and all of its orders traced. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type BenchShop, openBenchShop } from './bench-shop.ts'
import { keepInFlight } from './load.ts'
import { rateOf, sharesLine } from './report.ts'
import { type Mode, startSystem } from './systems.ts'

export interface TracingOptions {
  readonly mode: Mode
  /** How long each load lasts. */
  readonly ms: number
  readonly inFlight: number
}

const rounds = 3

/** Of the orders, so many are traced. Undefined: tracing is off. */
const ratios = [undefined, '0.1', '1'] as const

/** In turns, so that what else the machine does concerns all alike. Each has a Postgres of its own, and rests meanwhile. */
export const compareTracing = async ({ mode, ms, inFlight }: TracingOptions): Promise<void> => {
  const collector = await openCollector()
  const running: Running[] = []
  const say = (line: string) => console.log(`${mode}: ${line}`)
  try {
    for (const ratio of ratios) running.push(await start(mode, ratio, collector.url))
    for (const { shop } of running) await keepInFlight(shop, { inFlight, ms: 3_000 })
    const shares = ratios.map((): number[] => [])
    for (let round = 0; round < rounds; round += 1) {
      const rates: number[] = []
      for (const { shop } of running) rates.push(rateOf(await keepInFlight(shop, { inFlight, ms })))
      for (const [index, rate] of rates.entries()) shares[index]?.push(rate / (rates[0] ?? Number.NaN))
      say(
        `orders/s settled: ${rates.map((rate, index) => `${Math.round(rate)} with ${nameOf(ratios[index])}`).join(', ')}`,
      )
    }
    for (const [index, ratio] of ratios.entries())
      if (ratio !== undefined) say(`with ${nameOf(ratio)} as a share of without: ${sharesLine(shares[index] ?? [])}`)
    say(`${collector.requests()} times spans were sent, ${Math.round(collector.bytes() / 1_000_000)} MB in all`)
  } finally {
    await Promise.all(running.map(({ stop }) => stop()))
    collector.close()
  }
}

const nameOf = (ratio: string | undefined): string =>
  ratio === undefined ? 'no tracing' : `${Number(ratio) * 100} % traced`

interface Running {
  readonly shop: BenchShop
  stop(): Promise<void>
}

const start = async (mode: Mode, ratio: string | undefined, collector: string): Promise<Running> => {
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_TRACES_SAMPLER_ARG: ratio ?? '' }
  const system = await startSystem(mode, ratio === undefined ? {} : variables)
  const shop = await openBenchShop(system)
  return {
    shop,
    stop: async () => {
      await shop.close()
      await system.stop()
    },
  }
}

/** Takes traces, and throws them away: what a collector costs is not ours to measure. */
const openCollector = async () => {
  let bytes = 0
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    request.on('end', () => response.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytes: () => bytes,
    requests: () => requests,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
