/** The decision of an autoscaler. docs/scaling-metrics.md#autoscaling explains it to operators. */

/** The number of instances that a service needs, as it was read at one moment. */
export interface Hint {
  /** On a monotonic clock, ms. */
  readonly atMs: number
  readonly wanted: number
}

export interface ScalingRules {
  /** The bound. The minimum is 1. */
  readonly max: number
  /** The number grows to the lowest hint of this time, ms. A burst that one instance can handle starts no other. */
  readonly upAfterMs: number
  /** The number shrinks to the highest hint of this time, ms. At least `upAfterMs`. A short pause ends no instance. */
  readonly downAfterMs: number
}

/**
 * The number of instances that should run now. Kubernetes calls these times the stabilization windows
 * (https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#stabilization-window).
 * @param hints oldest first, at least one. The last one is the present hint.
 * @param present the number of instances that run or start.
 */
export const decide = (
  hints: readonly Hint[],
  present: number,
  { max, upAfterMs, downAfterMs }: ScalingRules,
): number => {
  const nowMs = hints.at(-1)?.atMs ?? 0
  const wantedWithin = (ms: number) => hints.flatMap(({ atMs, wanted }) => (atMs >= nowMs - ms ? [wanted] : []))
  const lowest = Math.min(...wantedWithin(upAfterMs))
  const highest = Math.max(...wantedWithin(downAfterMs))
  return Math.min(max, Math.max(1, Math.min(highest, Math.max(lowest, present))))
}
