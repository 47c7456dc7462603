/** Reads `quadrille_instances_wanted`. */

/** How long an instance may take to answer, ms. */
const answerWithinMs = 900

/**
 * The highest hint of any queue on any instance, because every instance consumes all queues, and each estimates by its own work. Null
 * if it is unknown.
 */
export const readHint = async (urls: readonly string[]): Promise<number | null> => {
  const hints = await Promise.all(urls.map(hintsOf))
  const highest = Math.max(...hints.flat())
  return highest > 0 ? highest : null
}

/** Empty if the instance does not answer, such as one that is stopping. */
const hintsOf = async (url: string): Promise<number[]> => {
  try {
    const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(answerWithinMs) })
    return wantedIn(await response.text())
  } catch {
    return []
  }
}

export const wantedIn = (page: string): number[] =>
  [...page.matchAll(/^quadrille_instances_wanted\{[^}]*\} (\d+)$/gm)].map(([, wanted]) => Number(wanted))
