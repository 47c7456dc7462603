/** How long the answer may take, ms. */
const answerWithinMs = 30_000

/** Whether this instance answers a request that reads its database, beside the probes of its health. */
export const answersRequests = async (url: string): Promise<boolean> => {
  try {
    const signal = AbortSignal.timeout(answerWithinMs)
    const { status } = await fetch(`${url}/dead-letters?limit=1`, { signal })
    return status === 200
  } catch {
    return false
  }
}
