/** The scaling hint: how many instances a queue could do with. docs/scaling.md tells it to operators. */

export interface QueueLoad {
  /** Messages that wait in the queue. */
  readonly waiting: number
  /** How many more they become, per second; negative where they become fewer. */
  readonly growthPerS: number
  /** Instances that consume the queue. */
  readonly consumers: number
  /** What this instance handles, per second. The others are taken to do as much. */
  readonly handledPerS: number
  /** The share of its capacity that this instance used for that, from 0 to 1. */
  readonly utilisation: number
}

/** What an instance should use of its capacity. The rest is for peaks, and for the work of another one that is away. */
const targetUtilisation = 0.7

/** The time in which what waits should be worked off, s. */
const drainS = 60

/** The hint goes no further than this from what there is: what it concludes from one instance is less and less true. */
const mostTimesMore = 10

/**
 * `(arrivals/s + waiting ÷ drain time) ÷ (target × handled/s ÷ utilisation)`, rounded up; a whole number from 1 to 10 times the
 * instances there are. As long as nothing is handled nobody knows what an instance can do: then it is as many as there are,
 * or 1 where there is nothing to do.
 */
export const instancesWanted = ({ waiting, growthPerS, consumers, handledPerS, utilisation }: QueueLoad): number => {
  const present = Math.max(1, consumers)
  if (handledPerS <= 0) return waiting > 0 || utilisation > 0 ? present : 1
  const arrivalsPerS = Math.max(0, handledPerS * present + growthPerS)
  const neededPerS = arrivalsPerS + waiting / drainS
  // One multiplies by the utilisation and doesn't divide by it: it is 0 where handling takes no time to speak of.
  const wanted = (neededPerS * utilisation) / (targetUtilisation * handledPerS)
  return Math.min(Math.max(1, Math.ceil(wanted - roundingError)), present * mostTimesMore)
}

/** Without it three instances that are exactly as busy as they should be may want a fourth. */
const roundingError = 1e-9
