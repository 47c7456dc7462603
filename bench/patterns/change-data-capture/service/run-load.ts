import { setTimeout as pause } from 'node:timers/promises'
import { nowMs } from '../../now.ts'
import type { Load, Stored } from './protocol.ts'

export interface Target {
  /** Commits a transaction with messages. */
  store(messages: number): Promise<Stored>
  /** The number of messages that the broker has confirmed so far. */
  confirmed(): number
}

/** At the peak: concurrent transactions, messages of each, and messages without a confirm. */
const peak = { sessions: 8, messages: 10, unconfirmed: 1_000 }

/** Resolves when all of its transactions are committed. @throws if one of them fails. */
export const runLoad = async (target: Target, load: Load): Promise<Stored[]> => {
  const transactions: Stored[] = []
  let stored = 0
  const store = async (messages: number) => {
    transactions.push(await target.store(messages))
    stored += messages
  }
  const begun = nowMs()
  if (load.kind === 'rate') {
    const storing: Promise<void>[] = []
    for (let count = 0; count < (load.perSecond * load.ms) / 1_000; count += 1) {
      const intended = begun + (count * 1_000) / load.perSecond
      await pause(Math.max(0, intended - nowMs()))
      storing.push(store(1))
    }
    await Promise.all(storing)
  } else {
    const confirmedBefore = target.confirmed()
    const session = async () => {
      while (nowMs() - begun < load.ms)
        if (stored - (target.confirmed() - confirmedBefore) < peak.unconfirmed) await store(peak.messages)
        else await pause(1)
    }
    await Promise.all(Array.from({ length: peak.sessions }, session))
  }
  return transactions
}
