/** Postgres is unavailable while a message is handled: the message is not at fault, and is not acknowledged before the commit. */

import { Unconfirmed } from '@quadrille/messaging'
import { noon, type TcpProxy, tcpProxy } from '@quadrille/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { draft, seal } from '../post.ts'
import { aParcelOf, brokers, onTheWire, openStage, type Stage } from '../tally/tallier.ts'

describe.each(Object.keys(brokers) as (keyof typeof brokers)[])('on %s', (kind) => {
  let stage: Stage
  let proxy: TcpProxy
  let throughProxy: { DATABASE_URL: string }

  beforeEach(async () => {
    stage = await openStage(kind)
    const url = new URL(stage.databaseUrl)
    proxy = await tcpProxy(Number(url.port))
    url.port = String(proxy.port)
    throughProxy = { DATABASE_URL: url.href }
    await stage.restart(throughProxy)
  })
  afterEach(async () => {
    await stage.end()
    await proxy.close()
  })

  const message = () => seal(draft('ParcelSent', aParcelOf('good')), { service: 'counter', now: noon })

  /** Like a relay: repeats until it is confirmed. */
  const sendUntilConfirmed = async (wire: Parameters<Stage['send']>[0]): Promise<void> => {
    try {
      await stage.send(wire)
    } catch (error) {
      if (!(error instanceof Unconfirmed)) throw error
      await new Promise(setImmediate)
      await sendUntilConfirmed(wire)
    }
  }

  /** Waits until it is logged again. */
  const logged = (text: string) => {
    const before = stage.log.length
    return vi.waitFor(() => expect(stage.log.slice(before).map(({ msg }) => msg)).toContain(text), { timeout: 20_000 })
  }

  const tallied = (parcelId: string) =>
    vi.waitFor(
      async () => expect(await stage.database.query('select parcel_id from tally')).toEqual([{ parcel_id: parcelId }]),
      { timeout: 20_000 },
    )

  it('handles the message when Postgres is back, and counts no attempt', async () => {
    const parcel = message()
    proxy.refuse()
    const waiting = logged('waiting for Postgres')
    const sent = sendUntilConfirmed(onTheWire(parcel))
    await waiting
    proxy.accept()
    const outcome = async () => ({
      tallied: await stage.database.query('select parcel_id from tally'),
      parked: (await stage.call('GET', '/dead-letters')).body.items.length,
    })
    await expect.poll(outcome, { timeout: 20_000 }).toEqual({ tallied: [{ parcel_id: parcel.subject }], parked: 0 })
    await sent
    expect(await stage.metrics()).not.toMatch(/^quadrille_retries_total\{.* [1-9]/m)
  })

  it('reports that it is not ready, and that it handles nothing, until Postgres is back', async () => {
    const shows = (ready: number, handled: number) =>
      vi.waitFor(
        async () => {
          const page = await stage.metrics()
          expect(page).toContain(`quadrille_ready{service="tallier"} ${ready}\n`)
          expect(page).toContain(
            `quadrille_deliveries_handled_total{queue="tallier.inbox",service="tallier"} ${handled}\n`,
          )
        },
        { timeout: 20_000 },
      )
    await shows(1, 0)
    proxy.refuse()
    const waiting = logged('waiting for Postgres')
    const sent = sendUntilConfirmed(onTheWire(message()))
    await waiting
    await shows(0, 0)
    proxy.accept()
    await shows(1, 1)
    await sent
  })

  it('loses no message if the service stops meanwhile', async () => {
    const parcel = message()
    proxy.refuse()
    const waiting = logged('waiting for Postgres')
    const sent = sendUntilConfirmed(onTheWire(parcel))
    await waiting
    const stopped = logged('stopped')
    const restarted = stage.restart(throughProxy)
    await stopped
    proxy.accept()
    await restarted
    await tallied(parcel.subject)
    await sent
  })
})
