import type { Channel } from './channel.ts'
import { emailTextOn } from './email-text.ts'

/** Email without a mail server: the text is stored, and shown by `GET /notifications`. */
export const keptEmail: Channel = {
  name: 'email',
  atMostMs: 1_000,
  atOnce: Number.POSITIVE_INFINITY,
  deliver: (notice) => Promise.resolve({ outcome: 'kept', ...emailTextOn(notice) }),
}
