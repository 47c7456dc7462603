/** The actions that a demo offers, and the parts that are broken on purpose. */
import type { DemoAction, DemoOutcome, DemoUrls, DemoView } from '@quadrille/console/demo'
import type { Action } from './action.ts'
import { type Breakable, breakableActions } from './breakable.ts'
import { burstAction } from './burst.ts'
import { orderActions } from './orders.ts'
import { type PoisonOptions, poisonAction } from './poison.ts'

export interface ControlOptions extends Pick<PoisonOptions, 'inventoryUrl' | 'inventoryDatabaseUrl'> {
  readonly urls: DemoUrls
  readonly parts: readonly Breakable[]
  /** Writes a line to the terminal, so that a person who looks there knows that it is on purpose. */
  readonly say: (line: string) => void
}

export interface DemoControl {
  view(): DemoView
  /** Does the action with this id. Undefined for an unknown id. @throws if it fails; a `Problem` for what a client can change. */
  act(id: string): Promise<DemoOutcome> | undefined
}

export const createDemoControl = (options: ControlOptions): DemoControl => {
  const { urls, parts, say } = options
  const actions = [
    ...orderActions(urls.order),
    ...parts.flatMap(breakableActions),
    poisonAction({ ...options, orderUrl: urls.order }),
    burstAction(urls.order),
  ]
  const byId = new Map(actions.map((action) => [action.id, action]))
  return {
    view: () => ({
      actions: actions.map(viewOf),
      broken: parts.flatMap(({ isBroken, broken, repairing }) =>
        isBroken() ? [{ ...broken, repair: repairing.id }] : [],
      ),
      urls,
    }),
    act: (id) => {
      const action = byId.get(id)
      return action?.act().then((outcome) => {
        if (action.group !== 'order') say(`demo: ${outcome.text}`)
        return outcome
      })
    },
  }
}

/** The action as clients see it. */
const viewOf = ({ id, group, title, effect, isAvailable, repairedBy }: Action): DemoAction => ({
  id,
  group,
  title,
  effect,
  available: isAvailable?.() ?? true,
  repairedBy: repairedBy ?? null,
})
