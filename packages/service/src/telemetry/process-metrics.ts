/** What a process shows of itself: memory, processor, event loop, garbage. Of the process, however many services are in it. */
import { collectDefaultMetrics, Registry } from 'prom-client'

let registry: Registry | undefined

export const processRegistry = (): Registry => {
  if (!registry) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry })
  }
  return registry
}
