import { type Language, Undecodable, type UndecodableReason } from '@quadrille/messages'
import type { Logger } from 'pino'
import type { DeadLetterService } from './dead-letter-service.ts'
import type { StoredDeadLetter } from './table/dead-letter.ts'
import { findDeadLetter, listDeadLetters } from './table/reading.ts'

const pageSize = 100
const reason = 'future_version' satisfies UndecodableReason

/** The largest number of pages of one run, so that its length does not grow with the table. The next run continues after them. */
const maxPages = 50

/**
 * Creates a job that replays messages of later versions once this version of the service can read them. One whose queue no longer
 * exists is skipped, because its replay would be rejected, together with that of all others on its page. Only a later version
 * can read more, so each is checked once or twice: a round over all pages begins at the newest dead letter of the last but one,
 * because a transaction may commit an older one during the last round.
 */
export const replayReadable = (
  deadLetterService: DeadLetterService,
  service: string,
  log: Logger,
): (() => Promise<void>) => {
  const operator = { operator: service, note: 'This version of the service can read it.' }
  /** The last dead letter of the previous page. Null before the first page. */
  let after: string | null = null
  /** When the newest dead letter was parked that was checked until the end of the last but one round, of the last one, and now. */
  let [from, previous, newest]: (Date | undefined)[] = []

  const replayPage = async (): Promise<number> => {
    const page = await listDeadLetters(
      deadLetterService.database,
      { status: 'parked', reason, from },
      { limit: pageSize, after },
    )
    const readable = await readableOf(page, deadLetterService)
    const selection = { filter: { ids: readable }, limit: pageSize }
    const replayed = readable.length === 0 ? [] : await deadLetterService.replay(selection, 0, operator)
    after = page.length < pageSize ? null : (page.at(-1)?.id ?? null) // last, so that the next run repeats a page that failed
    newest = newestOf(page, newest)
    if (after === null) [from, previous] = [previous, newest]
    return replayed.length
  }

  return async () => {
    let replayed = 0
    for (let pages = 1; pages <= maxPages; pages += 1) {
      replayed += await replayPage()
      if (after === null) break
    }
    if (replayed > 0) log.info({ replayed }, 'messages of later versions can be read, and were replayed')
  }
}

/** The ids of those that can be read and replayed. */
const readableOf = async (
  deadLetters: readonly StoredDeadLetter[],
  deadLetterService: DeadLetterService,
): Promise<string[]> => {
  const readable: string[] = []
  for (const deadLetter of deadLetters)
    if (deadLetterService.canReplay(deadLetter) && (await canRead(deadLetterService, deadLetter.id)))
      readable.push(deadLetter.id)
  return readable
}

/** The time at which the newest of these dead letters was parked, if it is later than `newest`. */
const newestOf = (deadLetters: readonly StoredDeadLetter[], newest = new Date(0)): Date =>
  new Date(Math.max(newest.getTime(), ...deadLetters.map(({ parkedAt }) => parkedAt.getTime())))

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
