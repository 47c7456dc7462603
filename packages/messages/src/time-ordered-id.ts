import { randomUUID } from 'node:crypto'

/**
 * A new UUIDv7 (RFC 9562, section 5.7). Ids sort by time of creation, those of one process and one millisecond by a counter (section
 * 6.2, method 1). The other 62 bits are random. `randomUUID` reads random bytes in bulk, because one read takes longer than all the
 * rest.
 * @param nowMs ms since 1970. An id is never earlier than the ones before, unless these are more than a minute ahead.
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

/** One id by a clock that is a day ahead must not give its time to all later ids of the process. */
const maxAheadMs = 60_000

/** If the counter overflows or the clock was set back a little, the time of the ids is ahead of the clock. */
const following = ({ ms, count }: Place, nowMs: number): Place => {
  if (nowMs > ms || ms - nowMs > maxAheadMs) return { ms: nowMs, count: 0 }
  return count < maxCount ? { ms, count: count + 1 } : { ms: ms + 1, count: 0 }
}
