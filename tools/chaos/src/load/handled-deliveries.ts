/** The number of deliveries that an instance has handled, according to its metrics. */

const timeoutMs = 2_000

/** Of one queue, or of all. @throws if it does not answer. */
export const countHandledDeliveries = async (url: string, queue?: string): Promise<number> => {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(timeoutMs) })
  const lines = (await response.text()).matchAll(/^quadrille_deliveries_handled_total\{(.*)\} (\d+)$/gm)
  const counts = [...lines].filter(([, labels]) => queue === undefined || labels?.includes(`queue="${queue}"`))
  return counts.reduce((sum, [, , count]) => sum + Number(count), 0)
}
