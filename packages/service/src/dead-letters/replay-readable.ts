import type { Language, ServiceModel } from '@quadrille/messages'
import { inboxOf } from '@quadrille/messaging'
import type { Logger } from 'pino'
import type { DeadLetters } from './dead-letters.ts'
import { listUnreadable, start } from './table/unreadable.ts'

/** With at most 256 KiB each, so that a page needs little memory. */
const pageSize = 20

/** The largest number of pages of one run, so that its length does not grow with the table. The next run continues after them. */
const maxPages = 250

/**
 * Creates a job that replays messages of later versions and unknown tasks once this version of the service can handle them. One
 * whose queue no longer exists is skipped, because its replay would be rejected, together with that of all others on its page.
 *
 * The runs pass all of them in turn, at most 5,000 a run, and then begin again. So while that many are parked, each run of each
 * instance reads 5,000 messages, by 250 statements. It does not skip what it has checked: a transaction may commit one that comes
 * before checked ones, a failover that loses commits may undo a replay, and a clock may be set back.
 */
export const replayReadable = (deadLetters: DeadLetters, model: ServiceModel, log: Logger): (() => Promise<void>) => {
  const canHandle = handledBy(model, deadLetters.language)
  const requested = { operator: model.name, note: 'This version of the service can handle it.' }
  let after = start

  return async () => {
    let replayed = 0
    for (let pages = 1; pages <= maxPages; pages += 1) {
      const page = await listUnreadable(deadLetters.database, after, pageSize)
      const readable = page.filter(({ queue, body }) => deadLetters.canReplay({ queue }) && canHandle(queue, body))
      const ids = readable.map(({ id }) => id)
      if (ids.length > 0)
        replayed += (await deadLetters.replay({ filter: { ids }, limit: pageSize }, 0, requested)).length
      const last = page[pageSize - 1]
      after = last ?? start
      if (!last) break
    }
    if (replayed > 0) log.info({ replayed }, 'dead letters that this version can handle were replayed')
  }
}

type CanHandle = (queue: string, body: Uint8Array) => boolean

/** Whether a message can be read and, if it is for a work queue, is a task of the service. Each work queue has all of its tasks. */
const handledBy = ({ name, work }: ServiceModel, language: Language): CanHandle => {
  const tasks = new Set(Object.keys(work?.tasks ?? {}))
  return (queue, body) => {
    try {
      const { type } = language.decode(body).message
      return queue === inboxOf(name) || tasks.has(type)
    } catch {
      return false // also if a check in its schema fails: the others are replayed
    }
  }
}
