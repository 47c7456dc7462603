/** A place where somebody can be held up. */
export interface Gate {
  /** For the one who is held up: passes when the gate is opened. */
  readonly pass: () => Promise<void>
  /** Resolves when somebody waits there. */
  readonly reached: Promise<void>
  readonly open: () => void
}

export const createGate = (): Gate => {
  const reached = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  return {
    pass: () => {
      reached.resolve()
      return opened.promise
    },
    reached: reached.promise,
    open: opened.resolve,
  }
}
