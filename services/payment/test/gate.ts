/** A point at which a test can pause a worker. */
export interface Gate {
  /** Called by the worker. Resolves when the gate is opened. */
  readonly pass: () => Promise<void>
  /** Resolves when a worker waits at the gate. */
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
