/** Metrics of HTTP: the number and duration of requests, and the open event streams. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { OnStream } from './event-streams.ts'
import type { ResponseRecord } from './gate.ts'
import { expressPath, type Route } from './route.ts'

/** The methods of routes, and those that clients commonly send. Node accepts many more, and each would add a time series. */
const known = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** The statuses of a POST whose work is rejected or lost. An alert may be on their rate. */
const lostWith = [429, 499, 500, 503]

export const countResponses = (registry: Registry, routes: readonly Route[]): ((record: ResponseRecord) => void) => {
  const registers = [registry]
  const responses = new Counter({
    name: 'quadrille_http_requests_total',
    help: 'Responses to HTTP requests; the path is empty if no route matched',
    labelNames: ['method', 'path', 'status'],
    registers,
  })
  const seconds = new Histogram({
    name: 'quadrille_http_request_duration_seconds',
    help: 'Time from a request until the end of its response, by status class, unless a limit rejected it',
    labelNames: ['method', 'path', 'status'],
    buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10],
    registers,
  })
  for (const { method, path } of routes) {
    if (method !== 'post') continue
    for (const status of lostWith) responses.inc({ method: 'POST', path: expressPath(path), status }, 0) // so that rate() sees the first one
  }
  return ({ method: sent, path, status, tookMs }) => {
    const method = known.has(sent) ? sent : 'other'
    responses.inc({ method, path, status })
    if (tookMs !== undefined) seconds.observe({ method, path, status: `${Math.trunc(status / 100)}xx` }, tookMs / 1_000)
  }
}

export const countStreams = (registry: Registry): OnStream => {
  const registers = [registry]
  const open = new Gauge({ name: 'quadrille_http_streams_open', help: 'Open event streams', registers })
  const dropped = new Counter({
    name: 'quadrille_http_streams_dropped_total',
    help: 'Event streams that were closed because the client did not read them',
    registers,
  })
  return (change) => {
    if (change === 'opened') open.inc()
    else if (change === 'closed') open.dec()
    else dropped.inc()
  }
}
