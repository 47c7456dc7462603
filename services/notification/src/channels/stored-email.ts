import type { Channel } from './channel.ts'
import { emailTextOf } from './email-text.ts'

/** Email without a mail server: the text is stored, and shown by `GET /notifications`. */
export const storedEmail: Channel = {
  name: 'email',
  sends: false,
  timeoutMs: 1_000,
  concurrency: Number.POSITIVE_INFINITY,
  deliver: (notice) => Promise.resolve({ outcome: 'stored', ...emailTextOf(notice) }),
}
