/** Counts events by type, by seconds, for the last five minutes. */
import type { Changes } from '../server/live/changes.ts'

/** A rate is the average over this time. With a shorter one, the rate of one event a second would flicker. */
const windowS = 5
/** The key of the sum of all types. */
const allTypes = ''
/** The intervals of a series. */
const seriesStepS = 5
const seriesSteps = 60
const keptS = seriesStepS * (seriesSteps + 1)

export interface EventRates {
  /** Forgets all counts: from now on every event is counted. */
  begin(nowMs: number): void
  add(types: Changes['types'], nowMs: number): void
  /** Events of a type per second, in the last five seconds, or since `begin` if that is later. Default: all types together. */
  perSecond(nowMs: number, type?: string): number
  /** The rates of the last five minutes, the oldest first. Null for the time before `begin`. Default: all types together. */
  series(nowMs: number, type?: string): readonly (number | null)[]
}

export const createEventRates = (): EventRates => {
  let seconds = new Map<number, Map<string, number>>()
  let beganAtS = 0
  const sumOf = (fromS: number, toS: number, type: string): number => {
    let sum = 0
    for (let second = fromS; second < toS; second += 1) sum += seconds.get(second)?.get(type) ?? 0
    return sum
  }
  return {
    begin: (nowMs) => {
      seconds = new Map()
      beganAtS = secondOf(nowMs)
    },
    add: (types, nowMs) => {
      const second = secondOf(nowMs)
      const known = seconds.get(second) ?? new Map<string, number>()
      seconds.set(second, known)
      for (const [type, count] of Object.entries(types)) {
        known.set(type, (known.get(type) ?? 0) + count)
        known.set(allTypes, (known.get(allTypes) ?? 0) + count)
      }
      for (const old of seconds.keys()) if (old < second - keptS) seconds.delete(old)
    },
    perSecond: (nowMs, type = allTypes) => {
      const endS = secondOf(nowMs) // this second is not over
      const fromS = Math.max(endS - windowS, beganAtS)
      return sumOf(fromS, endS, type) / Math.max(1, endS - fromS)
    },
    series: (nowMs, type = allTypes) => {
      const lastS = Math.floor(secondOf(nowMs) / seriesStepS) * seriesStepS // the last interval that is over ends here
      return Array.from({ length: seriesSteps }, (_, index) => {
        const fromS = lastS - (seriesSteps - index) * seriesStepS
        return fromS + seriesStepS <= beganAtS ? null : sumOf(fromS, fromS + seriesStepS, type) / seriesStepS
      })
    },
  }
}

const secondOf = (ms: number): number => Math.floor(ms / 1_000)
