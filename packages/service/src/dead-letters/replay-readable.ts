import { type Language, Undecodable, type UndecodableReason } from '@quadrille/messages'
import { inboxOf } from '@quadrille/messaging'
import type { Logger } from 'pino'
import type { DeadLetterService } from './dead-letter-service.ts'
import type { StoredDeadLetter } from './table/dead-letter.ts'
import { findDeadLetter, listDeadLetters } from './table/reading.ts'

const pageSize = 100
const reason = 'future_version' satisfies UndecodableReason
const unchecked = 'a message of a later version can be read but is not replayed: its original exchange was not recorded'
const withoutQueue = 'a message of a later version can be read but is not replayed: its queue no longer exists'

/**
 * Creates a job that replays messages of later versions once this version of the service can read them. Only another
 * version can read more, so each dead letter is checked once. If an earlier version stored a dead letter without its
 * exchange, an operator must decide, and the log reports that once: its exchange can't be checked, so a replay would be
 * parked again as `wrong_exchange`. One whose queue no longer exists is skipped too, because its replay would be rejected,
 * together with that of all others on its page.
 */
export const replayReadable = (
  deadLetterService: DeadLetterService,
  service: string,
  log: Logger,
): (() => Promise<void>) => {
  const skipped = new Set<string>()
  /** Only messages in the inbox have their exchange checked. */
  const isCheckable = ({ queue, exchange }: StoredDeadLetter) => exchange !== '' || queue !== inboxOf(service)
  const obstacleOf = (deadLetter: StoredDeadLetter): string | null => {
    if (!deadLetterService.canReplay(deadLetter)) return withoutQueue
    return isCheckable(deadLetter) ? null : unchecked
  }
  const mayReplay = async (deadLetter: StoredDeadLetter): Promise<boolean> => {
    if (skipped.has(deadLetter.id)) return false
    if (await canRead(deadLetterService, deadLetter.id)) {
      const obstacle = obstacleOf(deadLetter)
      if (obstacle === null) return true
      log.warn({ deadLetterId: deadLetter.id }, obstacle)
    }
    skipped.add(deadLetter.id)
    return false
  }
  const operator = { operator: service, note: 'This version of the service can read it.' }
  const replayPage = async (after: string | null) => {
    const page = await listDeadLetters(
      deadLetterService.database,
      { status: 'parked', reason },
      { limit: pageSize, after },
    )
    const readable: string[] = []
    for (const deadLetter of page) if (await mayReplay(deadLetter)) readable.push(deadLetter.id)
    const next = page.length < pageSize ? null : (page.at(-1)?.id ?? null)
    if (readable.length === 0) return { replayed: 0, next }
    const replayed = await deadLetterService.replay({ filter: { ids: readable }, limit: pageSize }, 0, operator)
    return { replayed: replayed.length, next }
  }
  return async () => {
    let replayed = 0
    for (let page = await replayPage(null); ; page = await replayPage(page.next)) {
      replayed += page.replayed
      if (page.next === null) break
    }
    if (replayed > 0) log.info({ replayed }, 'messages of later versions can be read, and were replayed')
  }
}

const canRead = async ({ language, database }: DeadLetterService, id: string): Promise<boolean> => {
  const deadLetter = await findDeadLetter(database, id)
  return deadLetter !== null && isReadable(deadLetter.body, language)
}

const isReadable = (body: Uint8Array, language: Language): boolean => {
  try {
    language.decode(body)
    return true
  } catch (error) {
    if (error instanceof Undecodable) return false
    throw error
  }
}
