/** Dry runs in one sentence. */
import type { Trial } from '../../api/types.ts'
import { typeOf } from '../../format.ts'

const inWords: Readonly<Record<Trial['outcome'], string>> = {
  applied: 'would be handled',
  duplicate: 'had their effect before',
  ignored: 'would be ignored',
  failed: 'would fail again',
  not_tried: 'can’t be tried without their effect',
}

/** "3 would be handled (3 × InventoryReserved), 1 would fail again." */
export const summaryOf = (trials: readonly Trial[]): string => {
  const groups = Map.groupBy(trials, ({ outcome }) => outcome)
  return `${[...groups].map(([outcome, alike]) => `${alike.length} ${inWords[outcome]}${effectsOf(outcome, alike)}`).join(', ')}.`
}

/** Whether a replay of one of them may have an effect. */
export const mayHelp = (trials: readonly Pick<Trial, 'outcome'>[]): boolean =>
  trials.some(({ outcome }) => outcome !== 'failed')

/** The limits of a dry run of several messages. */
export const triedAlone =
  'Each was tried alone, in the state of the service at that time. Messages of one order may complete each other, and then lead to more.'

/** The events that they would publish, and the tasks that they would start, by type. */
const effectsOf = (outcome: Trial['outcome'], trials: readonly Trial[]): string => {
  if (outcome !== 'applied') return ''
  const messages = trials.flatMap(({ events = [], tasks = [] }) => [...events, ...tasks])
  if (messages.length === 0) return ' (each alone leads to no event and no task)'
  const types = Map.groupBy(messages, typeOf)
  return ` (${[...types].map(([type, { length }]) => `${length} × ${type}`).join(', ')})`
}
