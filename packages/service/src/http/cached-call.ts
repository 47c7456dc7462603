/** Shares one call of `load` among concurrent callers, and caches its result for `ttlMs`. A failure is not cached. */
export const cachedCall = <Result>(load: () => Promise<Result>, ttlMs: number): (() => Promise<Result>) => {
  let running: Promise<Result> | undefined
  let cached: { readonly result: Result; readonly expiresAtMs: number } | undefined
  const run = async (): Promise<Result> => {
    const result = await load()
    cached = { result, expiresAtMs: performance.now() + ttlMs }
    return result
  }
  return async () => {
    if (cached && performance.now() < cached.expiresAtMs) return cached.result
    running ??= run().finally(() => {
      running = undefined
    })
    return running
  }
}
