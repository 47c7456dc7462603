/** Postgres is unavailable while a message is handled. The message loses no attempt, and is acknowledged after the commit. */

import { Unconfirmed } from '@quadrille/messaging'
import { noon, proxyTo, type UrlProxy } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { draft, seal } from '../post.ts'
import { aParcelOf, brokers, onTheWire, openTracker, type Tracker } from '../tally/tracker.ts'

describe.each(Object.keys(brokers) as (keyof typeof brokers)[])('on %s', (kind) => {
  let tracker: Tracker
  let proxy: UrlProxy
  let throughProxy: { DATABASE_URL: string }

  beforeAll(async () => {
    tracker = await openTracker(kind)
    proxy = await proxyTo(tracker.databaseUrl)
    throughProxy = { DATABASE_URL: proxy.url }
    await tracker.restart(throughProxy)
  })
  afterEach(() => proxy.accept()) // also after a test that has failed
  afterAll(async () => {
    await tracker.end()
    await proxy.close()
  })

  const message = () => seal(draft('ParcelSent', aParcelOf('good')), { service: 'counter', now: noon })

  /** Like a relay: repeats until it is confirmed. @throws any other error at once. */
  const sendUntilConfirmed = async (wire: Parameters<Tracker['send']>[0]): Promise<void> => {
    const failed = await waitFor(() =>
      tracker.send(wire).catch((error: unknown) => {
        if (error instanceof Unconfirmed) throw error
        return { error }
      }),
    )
    if (failed) throw failed.error
  }

  /** Waits until this message is logged again. */
  const logged = (text: string) => {
    const before = tracker.log.length
    return waitFor(() => expect(tracker.log.slice(before).map(({ msg }) => msg)).toContain(text))
  }

  const found = (parcelId: string) =>
    tracker.database.query('select parcel_id from tally where parcel_id = $1', [parcelId])

  if (kind !== 'RabbitMQ')
    it('reports in its metrics that it is not ready and handles nothing until Postgres is back', async () => {
      const shows = (ready: number, handled: number) =>
        waitFor(async () => {
          const page = await tracker.metrics()
          expect(page).toContain(`quadrille_ready{service="tracker"} ${ready}\n`)
          expect(page).toContain(
            `quadrille_deliveries_handled_total{queue="tracker.inbox",service="tracker"} ${handled}\n`,
          )
        })
      await shows(1, 0) // no other test has run before
      proxy.refuse()
      const waiting = logged('waiting for Postgres')
      const sent = sendUntilConfirmed(onTheWire(message()))
      await waiting
      await shows(0, 0)
      proxy.accept()
      await shows(1, 1)
      await sent
    })

  it('handles the message when Postgres is back, and counts no attempt', async () => {
    const parcel = message()
    proxy.refuse()
    const waiting = logged('waiting for Postgres')
    const sent = sendUntilConfirmed(onTheWire(parcel))
    await waiting
    proxy.accept()
    const outcome = async () => ({
      handled: await found(parcel.subject),
      parked: (await tracker.call('GET', '/dead-letters')).body.items.length,
    })
    await expect.poll(outcome).toEqual({ handled: [{ parcel_id: parcel.subject }], parked: 0 })
    await sent
    expect(await tracker.metrics()).not.toMatch(/^quadrille_retries_total\{.* [1-9]/m)
  })

  it('loses no message if the service stops meanwhile', async () => {
    const parcel = message()
    proxy.refuse()
    const waiting = logged('waiting for Postgres')
    const sent = sendUntilConfirmed(onTheWire(parcel))
    await waiting
    const stopped = logged('stopped')
    const restarted = tracker.restart(throughProxy)
    await stopped
    proxy.accept()
    await restarted
    await waitFor(async () => expect(await found(parcel.subject)).toEqual([{ parcel_id: parcel.subject }]))
    await sent
  })
})
