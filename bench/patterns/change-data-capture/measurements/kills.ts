/** Kills of the service of each relay while it stores messages. */
import type { Context } from '../../comparison.ts'
import { type RelayName, relayNames } from '../relays/relays.ts'
import { type RelayUnderTest, startRelay, until, untilAllArrived } from './surroundings.ts'

export interface KillFigures {
  readonly relay: RelayName
  readonly kills: number
  /** Messages of committed transactions. All of them have arrived. */
  readonly stored: number
  /** Further arrivals of the same messages. */
  readonly doubled: number
}

const kills = { usual: 4, quick: 1 }
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
  for (let kill = 0; kill < times; kill += 1) {
    const arrived = received.size
    const running = relay.service.run(load)
    await Promise.race([until(() => received.size > arrived + 500 + 330 * kill), running])
    await relay.service.kill()
    await running.catch(() => undefined) // it was killed
    await relay.restart()
  }
  const stored = await untilAllArrived(relay)
  const arrivals = [...received.values()].reduce((sum, count) => sum + count, 0)
  return { relay: relay.name, kills: times, stored, doubled: arrivals - received.size }
}
