/** Waits for `work`. Aborts the controller if that takes longer, so `work` must observe the signal in order to end. */
export const abortAfter = async <Result>(
  ms: number,
  controller: AbortController,
  work: Promise<Result>,
): Promise<Result> => {
  const timer = setTimeout(() => controller.abort(), ms)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}
