/** How many deliveries an instance has handled, as its metrics say. */

const timeoutMs = 2_000

/** @throws where it doesn't answer. */
export const deliveriesHandled = async (url: string): Promise<number> => {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(timeoutMs) })
  const counts = (await response.text()).matchAll(/^quadrille_deliveries_handled_total\{.*\} (\d+)$/gm)
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}
