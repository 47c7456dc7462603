import type { RequestHandler } from 'express'
import type { Registry } from 'prom-client'
import { processRegistry } from '../telemetry/process-metrics.ts'
import { probesSharedMs } from './health.ts'
import { shared } from './shared.ts'

/**
 * Serves the metrics of the registry and of the process in Prometheus' text format. Requests within a second share the
 * result.
 */
export const metricsPage = (registry: Registry): RequestHandler => {
  const read = shared(async () => {
    const pages = await Promise.all([registry.metrics(), processRegistry().metrics()])
    return pages.join('\n')
  }, probesSharedMs)
  return async (_request, response) => void response.type(registry.contentType).send(await read())
}
