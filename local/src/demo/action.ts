import type { DemoAction, DemoOutcome } from '@quadrille/console/demo'

/** An action of the demo control. */
export interface Action extends Omit<DemoAction, 'available' | 'repairedBy'> {
  /** Default: always. */
  readonly isAvailable?: () => boolean
  readonly repairedBy?: string
  /** @throws {Problem} if it can't be done now. */
  readonly act: () => Promise<DemoOutcome>
}
