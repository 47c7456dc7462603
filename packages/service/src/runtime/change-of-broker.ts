/** The start of a service that used another broker before. */
import { directExchange, type Participant } from '@quadrille/messaging'
import { moveRetries, recordBroker } from '@quadrille/outbox'
import type { Database } from '@quadrille/postgres'
import type { Logger } from 'pino'

interface ChangeOfBrokerOptions {
  readonly database: Database
  readonly service: string
  readonly participant: Pick<Participant, 'system' | 'publisher'>
  readonly log: Pick<Logger, 'info' | 'warn'>
}

/** How many messages a statement moves. */
const batch = 1_000

/**
 * Called at each start, before the service sends or handles a message. Messages in the retry table are moved to a broker that does not
 * read it. Messages at a broker that the service does not use any more can't be read from here, so a warning names it.
 */
export const changeBroker = async ({ database, service, participant, log }: ChangeOfBrokerOptions): Promise<void> => {
  const { system, publisher } = participant
  const before = await recordBroker(database, system)
  if (publisher.outboxAsQueue) {
    if (before === null) return
    const text =
      'the service used another broker before; messages that wait there are handled only when it uses that one again'
    return log.warn({ before, now: system }, text)
  }
  let moved = 0
  let count: number
  do {
    count = await moveRetries(database, directExchange(service), batch)
    moved += count
  } while (count === batch)
  if (moved > 0) log.info({ moved }, 'messages that waited in the retry table are sent to the broker')
}
