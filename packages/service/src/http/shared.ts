/**
 * Answers everybody who asks meanwhile, and for `keptMs` after that, by one call of `ask`. So however often it is asked, the work
 * is done once in `keptMs`. A failure is not kept.
 */
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
