import { randomUUID } from 'node:crypto'

/**
 * A new UUIDv7 (RFC 9562, section 5.7). Ids sort by time of creation, those of one process and one millisecond by a counter (section
 * 6.2, method 1). The other 62 bits are random. `randomUUID` reads random bytes in bulk, because one read takes longer than all the
 * rest.
 * @param nowMs ms since 1970, by the same clock in all of a process: an id is never earlier than the ones before.
 */
export const timeOrderedId = (nowMs: number): string => {
  last = following(last, nowMs)
  const time = last.ms.toString(16).padStart(12, '0')
  const count = last.count.toString(16).padStart(countDigits, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}${randomUUID().slice(18)}`
}

/** Hexadecimal digits. */
const countDigits = 3
const maxCount = 16 ** countDigits - 1

interface Place {
  readonly ms: number
  readonly count: number
}

let last: Place = { ms: 0, count: 0 }

/** If the counter overflows or the clock was set back, the time of the ids is ahead of the clock. */
const following = ({ ms, count }: Place, nowMs: number): Place => {
  if (nowMs > ms) return { ms: nowMs, count: 0 }
  return count < maxCount ? { ms, count: count + 1 } : { ms: ms + 1, count: 0 }
}
