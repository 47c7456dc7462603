/** Each peer fulfils its orders. Those that it accepted survive a crash, unless its description says that it loses them. */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { beforeAll, expect, inject, test } from 'vitest'
import { peers } from '../peers/peers.ts'
import { installPeers } from '../src/systems/install-peers.ts'
import { peersFolder, startPeer } from './peers/started-peer.ts'

const start = (peer: (typeof peers)[number]) =>
  startPeer(peer, { postgresUrl: inject('postgresUrl'), rabbitmqUrl: inject('rabbitmqUrl') })

beforeAll(() => installPeers(peersFolder))

/** The check of the workspace leaves them out, because their packages may not be installed. */
test('the types of the peers are right', async () => {
  await promisify(execFile)('tsc', ['-p', peersFolder])
})

test.each(peers)('$name fulfils its orders', async (peer) => {
  const started = await start(peer)
  const ids = await started.place(20)
  await waitUntil(async () => (await started.settled(ids)) === ids.length)
  await waitFor(async () => expect(await started.faults()).toEqual([])) // it may go on after the settlement
  await started.stop()
})

const durable = peers.filter(({ losesOrders }) => !losesOrders)

test.each(durable)('$name fulfils the orders that it accepted before a crash of all its processes', async (peer) => {
  const started = await start(peer)
  const ids: string[] = []
  await waitUntil(async () => {
    ids.push(...(await started.place(300)))
    return (await started.settled(ids)) < ids.length // otherwise the crash would come too late
  })
  await started.crash()
  await waitUntil(async () => (await started.settled(ids)) === ids.length)
  await waitFor(async () => expect(await started.faults()).toEqual([]))
  await started.stop()
})

const losing = peers.filter(({ losesOrders }) => losesOrders)

test.each(losing)('$name loses orders in a crash', async (peer) => {
  const started = await start(peer)
  const ids: string[] = []
  await waitUntil(async () => {
    ids.push(...(await started.place(500)))
    await started.crash()
    const [later = ''] = await started.place(1)
    await waitUntil(async () => (await started.settled([later])) === 1) // after all that was left
    return (await started.settled(ids)) < ids.length // otherwise the crash came too late
  })
  expect((await started.faults()).join()).toContain('orders that are not settled')
  await started.stop()
})
