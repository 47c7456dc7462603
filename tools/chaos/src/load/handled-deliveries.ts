/** The number of deliveries that an instance has handled, according to its metrics. */

const timeoutMs = 2_000

/** @throws if it does not answer. */
export const countHandledDeliveries = async (url: string): Promise<number> => {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(timeoutMs) })
  const counts = (await response.text()).matchAll(/^quadrille_deliveries_handled_total\{.*\} (\d+)$/gm)
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}
