import { type Language, Undecodable } from '@quadrille/messages'
import type { Logger } from 'pino'
import type { DeadLetters } from './dead-letters.ts'
import { type FutureVersion, listFutureVersions, start } from './table/future-version.ts'
import { findDeadLetter } from './table/reading.ts'

const pageSize = 100

/** The largest number of pages of one run, so that its length does not grow with the table. The next run continues after them. */
const maxPages = 50

/**
 * Creates a job that replays messages of later versions once this version of the service can read them. One whose queue no longer
 * exists is skipped, because its replay would be rejected, together with that of all others on its page. Only a later version
 * can read more, so each is checked once, and before that in each run during its first minute: meanwhile a transaction may commit
 * one that became a dead letter before it.
 */
export const replayReadable = (deadLetters: DeadLetters, service: string, log: Logger): (() => Promise<void>) => {
  const operator = { operator: service, note: 'This version of the service can read it.' }
  /** The position after which the next run begins. */
  let checked = start

  const replayPage = async (page: readonly FutureVersion[]): Promise<number> => {
    const readable = await readableOf(page, deadLetters)
    if (readable.length === 0) return 0
    return (await deadLetters.replay({ filter: { ids: readable }, limit: pageSize }, 0, operator)).length
  }

  return async () => {
    let replayed = 0
    let after = checked
    for (let pages = 1; pages <= maxPages; pages += 1) {
      const page = await listFutureVersions(deadLetters.database, after, pageSize)
      replayed += await replayPage(page)
      checked = page.findLast(({ isFinal }) => isFinal) ?? checked // after the replay: the next run repeats a page that failed
      after = page.at(-1) ?? after
      if (page.length < pageSize) break
    }
    if (replayed > 0) log.info({ replayed }, 'messages of later versions can be read, and were replayed')
  }
}

/** The ids of those that can be read and replayed. */
const readableOf = async (page: readonly FutureVersion[], deadLetters: DeadLetters): Promise<string[]> => {
  const readable: string[] = []
  for (const deadLetter of page)
    if (deadLetters.canReplay(deadLetter) && (await canRead(deadLetters, deadLetter.id))) readable.push(deadLetter.id)
  return readable
}

const canRead = async ({ language, database }: DeadLetters, id: string): Promise<boolean> => {
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
