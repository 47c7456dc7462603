/** The scaling hint: how many instances a queue needs. docs/scaling-metrics.md explains it to operators. */

export interface QueueLoad {
  /** Messages that wait in the queue. */
  readonly waiting: number
  /** The growth of the queue per second. Negative if it shrinks. */
  readonly growthPerS: number
  /** Instances that consume the queue now. */
  readonly consumers: number
  /** Instances that consumed the queue on average while the rates were measured. */
  readonly averageConsumers: number
  /** Messages that this instance handles per second. The other instances are assumed to handle as many. */
  readonly handledPerS: number
  /** The share of its capacity that this instance used, from 0 to 1. */
  readonly utilisation: number
  /** True if tasks wait for permits of a rate limit all the time. More instances would not get more permits. */
  readonly lacksPermits: boolean
}

/** The target utilisation. The rest is for peaks, and for the work of a missing instance. */
const targetUtilisation = 0.7

/** The time in which the waiting messages should be handled, s. */
const drainS = 60

/**
 * The hint is at most this multiple of the current number, because an extrapolation from one instance becomes less
 * reliable.
 */
const maxFactor = 10

/**
 * `(arrivals/s + waiting ÷ drain time) ÷ (target × handled/s ÷ utilisation)`, rounded up; a whole number from 1 to 10 times the
 * present instances, or to the present number while permits are lacking. While nothing is handled the capacity is unknown, so the
 * hint is the present number, or 1 if nothing waits.
 */
export const instancesWanted = ({
  waiting,
  growthPerS,
  consumers,
  averageConsumers,
  handledPerS,
  utilisation,
  lacksPermits,
}: QueueLoad): number => {
  const present = Math.max(1, consumers)
  if (handledPerS <= 0) return waiting > 0 || utilisation > 0 ? present : 1
  // The present number would overestimate the arrivals after an instance was added, so that further ones would be added.
  const arrivalsPerS = Math.max(0, handledPerS * Math.max(1, averageConsumers) + growthPerS)
  const neededPerS = arrivalsPerS + waiting / drainS
  // Multiplied by the utilisation instead of divided, because it may be 0.
  const wanted = (neededPerS * utilisation) / (targetUtilisation * handledPerS)
  return Math.min(Math.max(1, Math.ceil(wanted - roundingError)), present * (lacksPermits ? 1 : maxFactor))
}

/** Without it, three instances with exactly the target utilisation may give a hint of four. */
const roundingError = 1e-9
