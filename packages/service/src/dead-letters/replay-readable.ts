import { type Language, type ServiceModel, Undecodable } from '@quadrille/messages'
import { inboxOf } from '@quadrille/messaging'
import type { Logger } from 'pino'
import type { DeadLetters } from './dead-letters.ts'
import { findDeadLetter } from './table/reading.ts'
import { listUnreadable, start, type Unreadable } from './table/unreadable.ts'

const pageSize = 100

/** The largest number of pages of one run, so that its length does not grow with the table. The next run continues after them. */
const maxPages = 50

/** How often they are all checked again, ms. */
const wholeEveryMs = 600_000

/**
 * Creates a job that replays messages of later versions and unknown tasks once this version of the service can handle them. One
 * whose queue no longer exists is skipped, because its replay would be rejected, together with that of all others on its page. Only
 * a later version can handle more, so each is checked once, and before that in each run during its first minute: meanwhile a
 * transaction may commit one that became a dead letter before it. Every ten minutes the checks begin again, because a failover that
 * loses commits may have undone a replay, and a dead letter that is parked after a clock was set back comes before checked ones.
 */
export const replayReadable = (deadLetters: DeadLetters, model: ServiceModel, log: Logger): (() => Promise<void>) => {
  const canHandle = handledBy(model, deadLetters.language)
  const requested = { operator: model.name, note: 'This version of the service can handle it.' }
  /** The position after which the next run begins. */
  let checked = start
  let wholeAtMs = performance.now()

  const replayPage = async (page: readonly Unreadable[]): Promise<{ count: number; isComplete: boolean }> => {
    const ids = await readableOf(page, deadLetters, canHandle)
    const replayed = ids.length > 0 ? await deadLetters.replay({ filter: { ids }, limit: pageSize }, 0, requested) : []
    return { count: replayed.length, isComplete: replayed.length === ids.length }
  }

  const beginAgainIfDue = () => {
    const nowMs = performance.now()
    if (nowMs - wholeAtMs >= wholeEveryMs) [checked, wholeAtMs] = [start, nowMs]
  }

  return async () => {
    let replayed = 0
    let after = checked
    let isComplete = true
    for (let pages = 1; pages <= maxPages; pages += 1) {
      const page = await listUnreadable(deadLetters.database, after, pageSize)
      const replay = await replayPage(page)
      replayed += replay.count
      isComplete &&= replay.isComplete // otherwise another transaction holds one, and may roll back: the next run repeats the page
      if (isComplete) checked = page.findLast(({ isFinal }) => isFinal) ?? checked
      after = page.at(-1) ?? after
      if (page.length < pageSize) {
        beginAgainIfDue()
        break
      }
    }
    if (replayed > 0) log.info({ replayed }, 'dead letters that this version can handle were replayed')
  }
}

type CanHandle = (queue: string, body: Uint8Array) => boolean

/** The ids of those that can be handled and replayed. */
const readableOf = async (
  page: readonly Unreadable[],
  deadLetters: DeadLetters,
  canHandle: CanHandle,
): Promise<string[]> => {
  const readable: string[] = []
  for (const { id, queue } of page) {
    if (!deadLetters.canReplay({ queue })) continue
    const deadLetter = await findDeadLetter(deadLetters.database, id)
    if (deadLetter && canHandle(queue, deadLetter.body)) readable.push(id)
  }
  return readable
}

/** Whether a message can be read and, if it is for a work queue, is a task of the service. Each work queue has all of its tasks. */
const handledBy = ({ name, work }: ServiceModel, language: Language): CanHandle => {
  const tasks = new Set(Object.keys(work?.tasks ?? {}))
  return (queue, body) => {
    try {
      const { type } = language.decode(body).message
      return queue === inboxOf(name) || tasks.has(type)
    } catch (error) {
      if (error instanceof Undecodable) return false
      throw error
    }
  }
}
