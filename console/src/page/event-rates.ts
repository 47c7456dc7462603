/** Counts the events of the last seconds, by type. */
import type { Changes } from '../server/live/changes.ts'

/** A rate is the average over this time. With a shorter one, the rate of one event a second would flicker. */
const windowS = 5

export interface EventRates {
  /** Forgets all counts: from now on every event is counted. */
  begin(nowMs: number): void
  add(types: Changes['types'], nowMs: number): void
  /** Events of a type per second, in the last five seconds, or since `begin` if that is later. */
  perSecond(nowMs: number, type: string): number
}

export const createEventRates = (): EventRates => {
  let counts: readonly { readonly second: number; readonly types: Changes['types'] }[] = []
  let beganAtS = 0
  return {
    begin: (nowMs) => {
      counts = []
      beganAtS = secondOf(nowMs)
    },
    add: (types, nowMs) => {
      const second = secondOf(nowMs)
      counts = [...counts.filter((count) => count.second >= second - windowS), { second, types }]
    },
    perSecond: (nowMs, type) => {
      const endS = secondOf(nowMs) // this second is not over
      const fromS = Math.max(endS - windowS, beganAtS)
      const recent = counts.filter(({ second }) => second >= fromS && second < endS)
      return recent.reduce((sum, { types }) => sum + (types[type] ?? 0), 0) / Math.max(1, endS - fromS)
    },
  }
}

const secondOf = (ms: number): number => Math.floor(ms / 1_000)
