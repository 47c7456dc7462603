/**
 * Deliveries that linger: they wait a moment for others, to share a transaction with them. They stay in memory, unacknowledged.
 */
import type { Incoming } from './incoming.ts'

export interface LingerOptions {
  readonly maxMs: number
  /** When this many linger, all of them end. At least 1. */
  readonly maxCount: number
  readonly mayLinger: (incoming: Incoming) => boolean
}

export interface LingeringOptions extends LingerOptions {
  /** Called with deliveries to be handled, in the order of their arrival within each subject. */
  readonly onEnd: (incoming: readonly Incoming[]) => void
}

export interface Lingering {
  /** Keeps the delivery if it may linger. Otherwise it ends at once, after those about the same subject that linger. */
  add(incoming: Incoming): void
  /** Ends all of them. Further deliveries end at once. */
  close(): void
}

export const createLingering = ({ maxMs, maxCount, mayLinger, onEnd }: LingeringOptions): Lingering => {
  const bySubject = new Map<string, Incoming[]>()
  let count = 0
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const take = (subject: string): readonly Incoming[] => {
    const taken = bySubject.get(subject) ?? []
    bySubject.delete(subject)
    count -= taken.length
    return taken
  }
  const keep = (incoming: Incoming): void => {
    const subject = subjectOf(incoming)
    const others = bySubject.get(subject)
    if (others) others.push(incoming)
    else bySubject.set(subject, [incoming])
    count += 1
  }
  const endAll = () => {
    clearTimeout(timer)
    timer = undefined
    const ended = [...bySubject.values()].flat()
    bySubject.clear()
    count = 0
    if (ended.length > 0) onEnd(ended)
  }

  return {
    add: (incoming) => {
      if (closed || !mayLinger(incoming)) return onEnd([...take(subjectOf(incoming)), incoming])
      keep(incoming)
      if (count >= maxCount) endAll()
      else timer ??= setTimeout(endAll, maxMs)
    },
    close: () => {
      closed = true
      endAll()
    },
  }
}

/** The subject by the message's properties, without decoding its body. Only the duration of the wait depends on it. */
const subjectOf = ({ delivery }: Incoming): string => delivery.message.correlationId
