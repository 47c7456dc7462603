/** Parts that can be broken and repaired again. */
import type { BrokenPart } from '@quadrille/console/demo'
import type { Action } from './action.ts'

/** A part of the shop with two states. */
export interface Breakable {
  readonly isBroken: () => boolean
  /** The answer of an action that has brought the part into this state, or has found it there. */
  readonly broken: Omit<BrokenPart, 'repair'>
  readonly repaired: Omit<BrokenPart, 'repair'>
  readonly breaking: Step
  readonly repairing: Step
}

interface Step extends Pick<Action, 'id' | 'title' | 'effect'> {
  readonly act: () => Promise<void> | void
}

/** The two actions on a part. Each does nothing if the part is in that state already. */
export const breakableActions = ({ isBroken, breaking, repairing, broken, repaired }: Breakable): Action[] => {
  const action = ({ act, ...step }: Step, isDone: () => boolean, { text, lookAt }: Omit<BrokenPart, 'repair'>) => ({
    ...step,
    isAvailable: () => !isDone(),
    act: async () => {
      await act()
      return { text, lookAt, orderIds: [] }
    },
  })
  return [
    { ...action(breaking, isBroken, broken), group: 'break', repairedBy: repairing.id },
    { ...action(repairing, () => !isBroken(), repaired), group: 'repair' },
  ]
}
