/** Shares one call of `load` among concurrent callers, and caches its result for `ttlMs`. A failure is not cached. */
export const shared = <Answer>(ask: () => Promise<Answer>, keptMs: number): (() => Promise<Answer>) => {
  let running: Promise<Answer> | undefined
  let kept: { readonly answer: Answer; readonly untilMs: number } | undefined
  const run = async (): Promise<Answer> => {
    try {
      const answer = await ask()
      kept = { answer, untilMs: performance.now() + keptMs }
      return answer
    } finally {
      running = undefined
    }
  }
  return async () => {
    if (kept && performance.now() < kept.untilMs) return kept.answer
    running ??= run()
    return running
  }
}
