/** The actions of the demo control. */
import type { DemoAction, DemoOutcome } from '@quadrille/console/demo'

/** An action that can always be done. */
export interface Action extends Omit<DemoAction, 'available' | 'repairedBy'> {
  /** Default: always. */
  readonly isAvailable?: () => boolean
  readonly repairedBy?: string
  /** @throws {Problem} if it can't be done now. */
  readonly act: () => Promise<DemoOutcome>
}

/** The action as clients see it. */
export const viewOf = ({ id, group, title, effect, isAvailable, repairedBy }: Action): DemoAction => ({
  id,
  group,
  title,
  effect,
  available: isAvailable?.() ?? true,
  repairedBy: repairedBy ?? null,
})
