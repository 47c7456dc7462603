/** What a run did, for people. */
import type { BookedOrder } from '../load/order-book.ts'
import type { Strike } from '../strike.ts'
import { type Recovery, recoveries } from './recovery.ts'

export interface RunRecord {
  readonly strikes: readonly Strike[]
  readonly orders: readonly BookedOrder[]
  readonly retries: number
}

export const summary = ({ strikes, orders, retries }: RunRecord): string => {
  const recovered = Map.groupBy(recoveries(strikes, orders), ({ kind }) => kind)
  const faults = [...Map.groupBy(strikes, ({ kind }) => kind)]
    .toSorted()
    .map(([kind, { length }]) => `  ${length} × ${kind}${workedAgain(recovered.get(kind) ?? [])}`)
  const kills = strikes.filter(({ kind }) => kind.includes('killed'))
  return [
    `${strikes.length} faults:`,
    ...faults,
    `${kills.length} kills${kills.length > 0 ? `: ${counted(kills.map(({ target }) => target))}` : ''}`,
    `${orders.length} orders accepted: ${counted(orders.map(({ kind }) => kind))}`,
    `how they ended: ${counted(orders.map(({ ending }) => ending ?? 'open'))}`,
    `${retries} retries`,
  ].join('\n')
}

const counted = (names: readonly string[]): string =>
  [...Map.groupBy(names, (name) => name)]
    .toSorted()
    .map(([name, { length }]) => `${length} ${name}`)
    .join(', ')

/** By those that nothing else disturbed; where there is none, by all. */
const workedAgain = (all: readonly Recovery[]): string => {
  const undisturbed = all.filter((recovery) => recovery.undisturbed)
  const counting = (undisturbed.length > 0 ? undisturbed : all).map(({ ms }) => ms).toSorted((one, two) => one - two)
  const [median, longest] = [counting[counting.length >> 1], counting.at(-1)]
  if (median === undefined || longest === undefined) return ''
  const figures = counting.length > 1 ? `${seconds(median)}, at most ${seconds(longest)}` : seconds(median)
  return `: worked again after ${figures}${undisturbed.length > 0 ? '' : ', while other faults went on'}`
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
