import { setTimeout as pause } from 'node:timers/promises'
import type { Reply } from './json-client.ts'

/** Sends a request, and repeats it after `Retry-After` while the answer is 503, up to 5 times in all. */
export const despiteUnavailable = async (send: () => Promise<Reply>): Promise<Reply> => {
  for (let tried = 1; ; tried += 1) {
    const reply = await send()
    if (reply.status !== 503 || tried === 5) return reply
    await pause(Number(reply.headers['retry-after'] ?? 1) * 1_000)
  }
}
