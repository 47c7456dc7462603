/** The parts that all streams of an instance share. */
import { limitConcurrency } from '@quadrille/async'
import type { Context } from '@quadrille/service'
import type { StreamSources } from './all-events.ts'
import { Hub } from './hub.ts'

/** The maximum number of streams that read stored events at a time. */
const maxReading = 2

export const openStreams = ({
  database,
  log,
  afterCommit,
}: Pick<Context<unknown>, 'database' | 'log' | 'afterCommit'>): StreamSources => {
  const hub = new Hub({ database, log })
  afterCommit(() => hub.wake())
  return { hub, database, inTurn: limitConcurrency(maxReading) }
}
