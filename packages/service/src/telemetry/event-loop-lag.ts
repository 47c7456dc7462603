/**
 * The delay of the event loop, by Node's histogram, which wakes the process a hundred times a second. In an idle process that
 * would cost more than all else, so the histogram runs only while the event loop is busy.
 */
import { type ELDHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { Gauge, type Registry } from 'prom-client'

export interface LagOptions {
  /** How often the utilisation of the event loop is checked, ms. Default: 1,000. */
  readonly checkEveryMs?: number
  /** The share of the time since its last call in which the event loop was busy. Default: measured by Node. */
  readonly utilization?: () => number
}

/** The share of its time from which the event loop counts as busy. With less work it has no delay of more than 20 ms. */
const busyFrom = 0.02

interface Monitor {
  readonly histogram: ELDHistogram
  /** The longest delay of a check while the histogram did not run, since the last reading, ns. */
  longestBefore: number
}

const figures: Readonly<Record<string, (monitor: Monitor) => number>> = {
  min: ({ histogram }) => figureOf(histogram, ({ min }) => min),
  max: ({ histogram, longestBefore }) => Math.max(histogram.count === 0 ? 0 : histogram.max, longestBefore),
  mean: ({ histogram }) => figureOf(histogram, ({ mean }) => mean),
  stddev: ({ histogram }) => figureOf(histogram, ({ stddev }) => stddev),
  p50: ({ histogram }) => figureOf(histogram, () => histogram.percentile(50)),
  p90: ({ histogram }) => figureOf(histogram, () => histogram.percentile(90)),
  p99: (monitor) => {
    const { histogram } = monitor
    const p99 = figureOf(histogram, () => histogram.percentile(99))
    if (histogram.count > 0) histogram.reset() // the next reading begins here
    monitor.longestBefore = 0
    return p99
  },
}

const figureOf = (histogram: ELDHistogram, read: (histogram: ELDHistogram) => number): number =>
  histogram.count === 0 ? 0 : read(histogram)

/**
 * Replaces prom-client's gauges of the delay by gauges with the same names. They show the delays since the last reading, or since
 * the event loop became busy after it. Without any they are 0. The maximum also has the delay that ended an idle time. A delay
 * that begins within 10 ms after a reading is not noticed, because the histogram measures from its next tick on.
 */
export const replaceEventLoopLag = (registry: Registry, options: LagOptions = {}): void => {
  const monitor = monitorWhileBusy(options)
  const helps = new Map(registry.getMetricsAsArray().map(({ name, help }) => [name, help]))
  for (const [figure, read] of Object.entries(figures)) {
    const name = `nodejs_eventloop_lag_${figure}_seconds`
    const help = helps.get(name) ?? name
    registry.removeSingleMetric(name)
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read(monitor) / 1e9)
      },
    })
  }
}

const measuredUtilization = (): (() => number) => {
  let before = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    return utilization
  }
}

const monitorWhileBusy = ({ checkEveryMs = 1_000, utilization = measuredUtilization() }: LagOptions): Monitor => {
  const histogram = monitorEventLoopDelay({ resolution: 10 })
  histogram.enable()
  const monitor: Monitor = { histogram, longestBefore: 0 }
  let checkedAtMs = performance.now()
  const check = () => {
    const lateMs = performance.now() - checkedAtMs - checkEveryMs
    checkedAtMs = performance.now()
    if (utilization() < busyFrom) histogram.disable()
    else if (histogram.enable()) {
      histogram.reset() // otherwise the pause would count as a delay
      monitor.longestBefore = Math.max(monitor.longestBefore, lateMs * 1e6)
    }
  }
  setInterval(check, checkEveryMs).unref()
  return monitor
}
