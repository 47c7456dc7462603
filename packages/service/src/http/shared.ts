/**
 * Answers everybody who asks meanwhile, and for `keptMs` after that, by one call of `ask`. So however often it is asked, the work
 * is done once in `keptMs`. A failure is not kept.
 */
export const shared = <Answer>(ask: () => Promise<Answer>, keptMs: number): (() => Promise<Answer>) => {
  let running: Promise<Answer> | undefined
  let keptUntil = Number.NEGATIVE_INFINITY
  let kept: Answer | undefined
  const run = async (): Promise<Answer> => {
    try {
      kept = await ask()
      keptUntil = performance.now() + keptMs
      return kept
    } finally {
      running = undefined
    }
  }
  return async () => {
    if (performance.now() < keptUntil) return kept as Answer
    running ??= run()
    return running
  }
}
