/** Asks the other services how far orders have come with them. For a person's question only: no order depends on it. */
import { type Whereabouts, whereaboutsPage } from '@quadrille/service'

/** How long a service may take to say what it knows, ms. */
const answerWithinMs = 2_000

/** The whereabouts by order id, or why they are not known. */
export type Answer = ReadonlyMap<string, Whereabouts> | { readonly unknown: string }

export const askPeer = async (url: string, orderIds: readonly string[]): Promise<Answer> => {
  const asked = new URL('/whereabouts', url)
  for (const id of orderIds) asked.searchParams.append('orderId', id)
  try {
    const response = await fetch(asked, { signal: AbortSignal.timeout(answerWithinMs) })
    if (!response.ok) return { unknown: `${url} answered with ${response.status}` }
    const { items } = whereaboutsPage.parse(await response.json())
    return new Map(items.map((item) => [item.orderId, item]))
  } catch (error) {
    return { unknown: `${url} does not say: ${reasonOf(error)}` }
  }
}

/** `fetch` hides why it failed in the cause. */
const reasonOf = (error: unknown): string => {
  const { cause } = error instanceof Error ? error : { cause: undefined }
  return cause instanceof Error ? cause.message : String(error)
}
