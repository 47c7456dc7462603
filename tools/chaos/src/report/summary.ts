/** The summary of a run as text. */
import type { RunResult } from '../phases.ts'
import { type Recovery, recoveries } from './recovery.ts'

type SummedUp = Pick<RunResult, 'planned' | 'injected' | 'orders' | 'healedMs'>

export const summary = ({ planned, injected, orders, healedMs }: SummedUp): string => {
  const disturbed = orders.filter(({ placedAtMs }) => placedAtMs < healedMs)
  const recovered = Map.groupBy(recoveries(injected, disturbed), ({ kind }) => kind)
  const faults = [...Map.groupBy(injected, ({ kind }) => kind)].toSorted().map(([kind, { length }]) => {
    const known = recovered.get(kind) ?? []
    return `  ${length} × ${kind}: ${recoveryTimes(known, length - known.length)}`
  })
  const kinds = new Set(injected.map(({ kind }) => kind))
  const missing = new Set(planned.map(({ fault }) => fault.kind).filter((kind) => !kinds.has(kind)))
  const kills = injected.filter(({ kind }) => kind.includes('killed'))
  return [
    `${injected.length} of ${planned.length} planned faults were injected. Recovery times, from the end of the fault until the first newly placed order was settled:`,
    ...faults,
    ...[...missing].toSorted().map((kind) => `  0 × ${kind}: too late, or without a target`),
    `${kills.length} kills${kills.length > 0 ? `: ${counted(kills.map(({ target }) => target))}` : ''}`,
    `${orders.length} orders accepted, ${orders.length - disturbed.length} of them after all faults. By kind: ${counted(orders.map(({ kind }) => kind))}`,
    `By ending: ${counted(orders.map(({ ending }) => ending ?? 'open'))}`,
  ].join('\n')
}

const counted = (names: readonly string[]): string =>
  [...Map.groupBy(names, (name) => name)]
    .toSorted()
    .map(([name, { length }]) => `${length} ${name}`)
    .join(', ')

/**
 * The recovery times of faults that overlapped with no other fault, those of the others, and the number of faults
 * without recovery.
 */
const recoveryTimes = (all: readonly Recovery[], never: number): string => {
  const undisturbed = all.filter((recovery) => recovery.undisturbed)
  const disturbed = all.filter((recovery) => !recovery.undisturbed)
  const parts = [
    ...(undisturbed.length > 0 ? [figures(undisturbed)] : []),
    ...(disturbed.length > 0 ? [`${figures(disturbed)} during other faults`] : []),
    ...(never > 0 ? [`no later order was settled after ${never} of them`] : []),
  ]
  return parts.join('; ')
}

const figures = (recovered: readonly Recovery[]): string => {
  const times = recovered.map(({ ms }) => ms).toSorted((one, two) => one - two)
  const [median = 0, longest = 0] = [times[times.length >> 1], times.at(-1)]
  return times.length > 1 ? `${seconds(median)}, at most ${seconds(longest)}` : seconds(median)
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
