/** Asks the other services how far orders have come with them. For a person's question only: no order depends on it. */
import { shop } from '@quadrille/events'
import { type MessageStatus, readMessageStatus } from '@quadrille/service'

/** How long a service may take to say what it knows, ms. */
const answerWithinMs = 2_000
/** A hundred orders take a tenth of this. */
const maxAnswerBytes = 1_000_000

/** The status of its messages by order id, or why they are unknown. */
export type Answer = ReadonlyMap<string, MessageStatus> | { readonly unknown: string }

/**
 * Asks a service at the URL that its operations begin with. What it says goes to a client, so a reason names neither this URL,
 * which may have a password in it, nor addresses. Redirects are not followed.
 */
export const askPeer = async (service: string, url: string, orderIds: readonly string[]): Promise<Answer> => {
  const asked = new URL(`${url.replace(/\/$/, '')}/whereabouts`)
  for (const id of orderIds) asked.searchParams.append('orderId', id)
  try {
    const response = await fetch(asked, { redirect: 'error', signal: AbortSignal.timeout(answerWithinMs) })
    if (!response.ok) return { unknown: `${service} answered with ${response.status}` }
    const items = readMessageStatus(JSON.parse(await readAnswer(response)), shop.subject)
    return new Map(items.map((item) => [item.subject, item]))
  } catch (error) {
    return { unknown: `${service} gave no answer: ${reasonOf(error)}` }
  }
}

const readAnswer = async ({ body }: Response): Promise<string> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > maxAnswerBytes) throw Object.assign(new Error('The answer is too large.'), { code: 'TOO_LARGE' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** The code or kind of a fault. `fetch` hides why it failed in the cause; the texts name addresses. */
const reasonOf = (error: unknown): string => {
  const { cause = error } = error instanceof Error ? error : { cause: error }
  if (!(cause instanceof Error)) return 'unknown'
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
}
