/** Measures the cost of tracing: the throughput without it, and with a share of the orders traced. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type BenchShop, openBenchShop } from './bench-shop.ts'
import { keepInFlight } from './load.ts'
import { type Mode, startSystem } from './systems.ts'

export interface TracingOptions {
  readonly mode: Mode
  /** The total duration of each load, ms. */
  readonly ms: number
  readonly inFlight: number
  /** The share of orders that are traced, from 0 to 1. */
  readonly ratio: number
}

/** How long each system is under load before the other one. */
const sliceMs = 2_000

/**
 * Alternates in short slices, so that other load on the machine affects both alike. Each system has its own Postgres,
 * and idles meanwhile.
 */
export const compareTracing = async ({ mode, ms, inFlight, ratio }: TracingOptions): Promise<void> => {
  const collector = await openCollector()
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: String(ratio) }
  const both: Running[] = []
  try {
    for (const variables of [{}, traced]) both.push(await start(mode, variables))
    for (const { shop } of both) await keepInFlight(shop, { inFlight, ms: 3_000 })
    for (let turn = 0; turn * sliceMs < ms; turn += 1) {
      for (const one of turn % 2 === 0 ? both : both.toReversed()) await load(one, inFlight)
    }
    const [without = Number.NaN, tracing = Number.NaN] = both.map(rateOf)
    console.log(
      `${mode}: ${Math.round(without)} orders/s settled without tracing, ${Math.round(tracing)} with ${ratio} of the orders traced: ${Math.round((100 * tracing) / without)} %`,
    )
    console.log(
      `${mode}: ${collector.requests()} requests with spans, ${Math.round(collector.bytes() / 1_000_000)} MB in total`,
    )
  } finally {
    await Promise.all(both.map(({ stop }) => stop()))
    collector.close()
  }
}

interface Running {
  readonly shop: BenchShop
  /** Settled orders in all slices. */
  settled: number
  lastedMs: number
  stop(): Promise<void>
}

const rateOf = ({ settled, lastedMs }: Running): number => (settled / lastedMs) * 1_000

const load = async (one: Running, inFlight: number): Promise<void> => {
  const { latenciesMs, ms } = await keepInFlight(one.shop, { inFlight, ms: sliceMs })
  one.settled += latenciesMs.length
  one.lastedMs += ms
}

const start = async (mode: Mode, variables: Readonly<Record<string, string>>): Promise<Running> => {
  const system = await startSystem({ mode, variables })
  const shop = await openBenchShop(system)
  return {
    shop,
    settled: 0,
    lastedMs: 0,
    stop: async () => {
      await shop.close()
      await system.stop()
    },
  }
}

/** Receives traces and discards them, because the cost of a collector is not measured. */
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
