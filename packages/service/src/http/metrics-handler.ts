import type { RequestHandler } from 'express'
import type { Registry } from 'prom-client'
import { processRegistry } from '../telemetry/process-metrics.ts'
import { cachedCall } from './cached-call.ts'
import { probeCacheMs } from './health.ts'

/**
 * Serves the metrics of the registry and of the process in Prometheus' text format. Requests within a second share the
 * result.
 */
export const metricsHandler = (registry: Registry): RequestHandler => {
  const read = cachedCall(async () => {
    const pages = await Promise.all([registry.metrics(), processRegistry().metrics()])
    return pages.join('\n')
  }, probeCacheMs)
  return async (_request, response) => void response.type(registry.contentType).send(await read())
}
