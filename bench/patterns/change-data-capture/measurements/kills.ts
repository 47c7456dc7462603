/** Kills of the service of each relay while it stores messages. */
import { waitUntil } from '@quadrille/testing/waiting'
import { spreadOf } from '../../../src/results/statistics.ts'
import type { Context } from '../../comparison.ts'
import { nowMs } from '../../now.ts'
import { type RelayName, relayNames } from '../relays/relays.ts'
import { type RelayUnderTest, startRelay, untilAllArrived } from './surroundings.ts'

export interface KillFigures {
  readonly relay: RelayName
  readonly kills: number
  /** Messages of committed transactions. All of them have arrived. */
  readonly stored: number
  /** Further arrivals of the same messages. */
  readonly doubled: number
  /** From the kill until the first message arrives that it has left in the table, s. The median. It includes the restart. */
  readonly leftBehind: number
}

const kills = { usual: 4, quick: 1 }
/** The consumer has got all messages that were sent if it has got no others for this time, ms. */
const quietMs = 200
const load = { kind: 'peak', ms: 60_000 } as const

/** All relays at once, because the machine's speed does not matter here. @throws if a message is lost. */
export const measureKills = async ({ servers, quick, log }: Context): Promise<KillFigures[]> => {
  log('kills')
  await using stack = new AsyncDisposableStack()
  const all: RelayUnderTest[] = []
  for (const relay of relayNames) all.push(stack.use(await startRelay(servers, relay)))
  const killing = all.map((relay) => killRepeatedly(relay, quick ? kills.quick : kills.usual))
  try {
    return await Promise.all(killing)
  } finally {
    await Promise.allSettled(killing) // otherwise a relay could be restarted after its end
  }
}

/** Each kill comes while messages are in every state: stored, sent, confirmed and deleted. */
const killRepeatedly = async (relay: RelayUnderTest, times: number): Promise<KillFigures> => {
  const { received } = relay.consumer
  const leftBehind: number[] = []
  for (let kill = 0; kill < times; kill += 1) {
    const arrived = received.size
    const running = relay.service.run(load)
    await Promise.race([waitUntil(() => received.size > arrived + 500 + 330 * kill, { interval: 20 }), running])
    await relay.service.kill()
    const killedAtMs = nowMs()
    await running.catch(() => undefined) // it was killed
    const left = await readLeft(relay)
    await relay.restart()
    if (left.size > 0) leftBehind.push((await untilOneArrives(relay, left)) - killedAtMs)
  }
  const stored = await untilAllArrived(relay)
  const arrivals = [...received.values()].reduce((sum, count) => sum + count, 0)
  const doubled = arrivals - received.size
  return { relay: relay.name, kills: times, stored, doubled, leftBehind: spreadOf(leftBehind).median / 1_000 }
}

/** The arrivals so far of the messages that are still in the table, once the consumer has got all that were sent. */
const readLeft = async ({ database, consumer }: RelayUnderTest): Promise<ReadonlyMap<string, number>> => {
  await waitUntil(() => nowMs() - consumer.lastAtMs() > quietMs, { interval: 20, what: 'the end of arrivals' })
  const rows = await database.query<{ id: string }>('select id from outbox')
  return new Map(rows.map(({ id }) => [id, consumer.received.get(id) ?? 0]))
}

/** Resolves to the time, ms. */
const untilOneArrives = ({ consumer }: RelayUnderTest, left: ReadonlyMap<string, number>): Promise<number> =>
  waitUntil(() => [...left].some(([id, before]) => (consumer.received.get(id) ?? 0) > before) && nowMs(), {
    interval: 20,
    what: 'a message that was left in the table',
  })
