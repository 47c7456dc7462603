/** What a run did, for people. */
import type { Course } from '../course.ts'
import { type Recovery, recoveries } from './recovery.ts'

export const summary = ({ planned, strikes, orders, healedMs, retries }: Course): string => {
  const disturbed = orders.filter(({ placedAtMs }) => placedAtMs < healedMs)
  const recovered = Map.groupBy(recoveries(strikes, disturbed), ({ kind }) => kind)
  const faults = [...Map.groupBy(strikes, ({ kind }) => kind)]
    .toSorted()
    .map(([kind, { length }]) => `  ${length} × ${kind}${workedAgain(recovered.get(kind) ?? [])}`)
  const kills = strikes.filter(({ kind }) => kind.includes('killed'))
  return [
    `${strikes.length} faults hit of ${planned} that were planned:`,
    ...faults,
    `${kills.length} kills${kills.length > 0 ? `: ${counted(kills.map(({ target }) => target))}` : ''}`,
    `${orders.length} orders accepted, ${orders.length - disturbed.length} of them after all was healed: ${counted(orders.map(({ kind }) => kind))}`,
    `how they ended: ${counted(orders.map(({ ending }) => ending ?? 'open'))}`,
    `${retries} retries`,
  ].join('\n')
}

const counted = (names: readonly string[]): string =>
  [...Map.groupBy(names, (name) => name)]
    .toSorted()
    .map(([name, { length }]) => `${length} ${name}`)
    .join(', ')

/** After those faults that nothing else disturbed, and after the others. */
const workedAgain = (all: readonly Recovery[]): string => {
  const undisturbed = all.filter((recovery) => recovery.undisturbed)
  const disturbed = all.filter((recovery) => !recovery.undisturbed)
  return [
    ...(undisturbed.length > 0 ? [`: worked again after ${figures(undisturbed)}`] : []),
    ...(disturbed.length > 0 ? [`: while other faults went on, after ${figures(disturbed)}`] : []),
  ].join('')
}

const figures = (recovered: readonly Recovery[]): string => {
  const times = recovered.map(({ ms }) => ms).toSorted((one, two) => one - two)
  const [median = 0, longest = 0] = [times[times.length >> 1], times.at(-1)]
  return times.length > 1 ? `${seconds(median)}, at most ${seconds(longest)}` : seconds(median)
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
