/** The metrics of the process: memory, CPU, event loop, garbage collection. They cover all services in it. */
import { collectDefaultMetrics, Registry } from 'prom-client'
import { replaceEventLoopLag } from './event-loop-lag.ts'

/** The longest interval of a timer, ms: prom-client's own histogram of the event loop does not wake the process. */
const never = 2 ** 31 - 1

let registry: Registry | undefined

export const processRegistry = (): Registry => {
  if (!registry) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: never })
    replaceEventLoopLag(registry)
  }
  return registry
}
