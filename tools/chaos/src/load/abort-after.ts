/** Resolves or rejects as `work` does. Aborts the controller if that takes longer. */
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
