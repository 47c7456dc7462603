/** The metrics of the process: memory, CPU, event loop, garbage collection. They cover all services in it. */
import { collectDefaultMetrics, Registry } from 'prom-client'

let registry: Registry | undefined

export const processRegistry = (): Registry => {
  if (!registry) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry })
  }
  return registry
}
