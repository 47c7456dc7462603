/** The interface of the demo control, which `npm start` offers: its actions, and the parts that are broken on purpose. */

export interface DemoView {
  readonly actions: readonly DemoAction[]
  readonly broken: readonly BrokenPart[]
  readonly urls: DemoUrls
}

export interface DemoAction {
  /** POST /actions/{id} does it. */
  readonly id: string
  readonly group: 'order' | 'break' | 'repair'
  /** As on a button. */
  readonly title: string
  /** The consequences, in sentences. */
  readonly effect: string
  /** False while it would change nothing: a part that is broken can't be broken again, and one that works needs no repair. */
  readonly available: boolean
  /** The action that repairs what this one breaks. Null for an action that breaks nothing. */
  readonly repairedBy: string | null
}

/** A part that an action has broken. */
export interface BrokenPart {
  /** Its state as a sentence. */
  readonly text: string
  /** The action that repairs it. */
  readonly repair: string
  readonly lookAt: LookAt
}

/** The view of the console that shows the effect. */
export interface LookAt {
  readonly title: string
  readonly path: string
}

/** The base URLs of the shop. */
export interface DemoUrls {
  readonly order: string
  /** Null if there is no console, or if its port is not known. */
  readonly console: string | null
}

/** The effect of an action. */
export interface DemoOutcome {
  readonly text: string
  /** The orders that it has placed, the first hundred. */
  readonly orderIds: readonly string[]
  readonly lookAt: LookAt | null
}
