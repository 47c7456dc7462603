/** The number of deliveries that an instance has handled, according to its metrics. */

const timeoutMs = 30_000

/** Of one queue, or of all. Null if it does not answer. */
export const countHandledDeliveries = async (url: string, queue?: string): Promise<number | null> => {
  const page = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(timeoutMs) })
    .then((response) => response.text())
    .catch(() => null)
  if (page === null) return null
  const lines = page.matchAll(/^quadrille_deliveries_handled_total\{(.*)\} (\d+)$/gm)
  const counts = [...lines].filter(([, labels]) => queue === undefined || labels?.includes(`queue="${queue}"`))
  return counts.reduce((sum, [, , count]) => sum + Number(count), 0)
}
