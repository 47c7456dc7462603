/** Shares one call of `ask` among all callers until it ends and for `keptMs` after that. A failure is not kept. */
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
