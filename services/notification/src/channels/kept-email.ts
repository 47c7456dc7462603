import type { Channel } from './channel.ts'
import { letterOn } from './letter.ts'

/** Email without a mail server: what would be sent is kept, and shown by `GET /notifications`. */
export const keptEmail: Channel = {
  name: 'email',
  deliver: (notice) => Promise.resolve({ outcome: 'kept', ...letterOn(notice) }),
}
