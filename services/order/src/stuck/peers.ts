/** Asks the other services for the messages of orders. Only an operator's request needs it. No order depends on it. */
import { shop } from '@quadrille/events'
import { type MessageStatus, readMessageStatus } from '@quadrille/service'

/** How long a service may take to answer, ms. */
const answerWithinMs = 2_000
/** An answer about a hundred orders has a tenth of this size. */
const maxAnswerBytes = 1_000_000

/** The status of the messages by order id, or the reason why it is unknown. */
export type Answer = ReadonlyMap<string, MessageStatus> | { readonly unknown: string }

/**
 * Asks a service at its operations URL. The answer goes to a client, so a reason contains no address, and not this URL,
 * which may contain a password. Redirects are not followed.
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

/** The code or the name of an error. `fetch` has the reason in the cause. The message would contain addresses. */
const reasonOf = (error: unknown): string => {
  const { cause = error } = error instanceof Error ? error : { cause: error }
  if (!(cause instanceof Error)) return 'unknown'
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
}
