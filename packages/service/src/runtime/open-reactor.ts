/** The reactor of a service, with the load of its lanes and the listeners to its commits. */
import type { BatchOptions, OnCommitted } from '../core/batch.ts'
import { lanes } from '../core/lanes.ts'
import { createReactor, type ReactorOptions } from '../core/reactor.ts'
import { createBatchLoad } from '../telemetry/load/batch-load.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { CommonConfig } from './config.ts'

interface ReactorParts extends Pick<ReactorOptions<unknown>, 'availability' | 'tracing'> {
  readonly config: Pick<CommonConfig, 'BATCH_MAX' | 'PREFETCH'>
  readonly metrics: Pick<Metrics, 'batchSize'>
}

/** `batchOptions`: those of a dry run too, which has no listeners. */
export const openReactor = <State>(
  batchOptions: Omit<BatchOptions<State>, 'onCommitted' | 'traceOf' | 'waits'>,
  { config, metrics, availability, tracing }: ReactorParts,
) => {
  // Prefetched deliveries run in two alternating batches: while one runs, the other waits.
  const fullSize = Math.min(config.BATCH_MAX, Math.ceil(config.PREFETCH / 2))
  const loads = new Map(lanes.map((lane) => [lane, createBatchLoad({ fullSize })]))
  const commitListeners = new Set<OnCommitted<State>>()
  const reactor = createReactor<State>({
    ...batchOptions,
    availability,
    tracing,
    maxSize: config.BATCH_MAX,
    fullSize,
    onCommitted: (steps, now) => {
      for (const listener of commitListeners) listener(steps, now)
    },
    onBatch: (size, lane) => {
      metrics.batchSize.observe(size)
      return loads.get(lane)?.begin(size) ?? (() => undefined)
    },
  })
  const busyMs = () => [...loads.values()].reduce((sum, load) => sum + load.busyMs(), 0)
  return { reactor, batchLoad: { busyMs }, commitListeners }
}
