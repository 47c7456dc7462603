/** An order whose terms the gateway rejects ends, although the gateway has no payment intent for it. */
import { audit } from '@quadrille/audit'
import { openLedger } from '@quadrille/payment/ledger'
import { openShop } from '@quadrille/shop-testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'
import { startInOneProcess } from '../systems.ts'

const anOrder = {
  customer: { id: 'ada', email: 'ada@example.com' },
  currency: 'XDR',
  lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_500 }],
  payment: { method: 'pm_card_visa' },
}

test('an order in a currency that the gateway rejects is declined or voided, and both endings pass the audit', async () => {
  const { urls, databases, stop, drop } = await startInOneProcess(inject('postgresUrl'))
  onTestFinished(drop)
  onTestFinished(async () => void (await stop()))
  const shop = openShop(urls)
  onTestFinished(() => shop.close())
  await shop.setStock({ mug: 10 })
  const place = async () => ((await shop.place(anOrder)).body as { id: string }).id

  const declined = await place()
  await waitFor(async () =>
    expect(await shop.order(declined)).toMatchObject({
      status: 'cancelled',
      settled: true,
      cancellation: { reason: 'payment_declined' },
      payment: { status: 'declined' },
    }),
  )
  const events = await (await fetch(`${urls.order}/orders/${declined}/events`)).json()
  const data = expect.objectContaining({ code: 'currency_not_supported' })
  expect(events).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ type: 'PaymentDeclined', data })]),
  })

  const cancelled = await Promise.all(Array.from({ length: 5 }, place))
  await Promise.all(cancelled.map((orderId) => shop.cancel(orderId)))
  for (const orderId of cancelled)
    await waitFor(async () =>
      expect(await shop.order(orderId)).toMatchObject({
        status: 'cancelled',
        settled: true,
        payment: { status: expect.stringMatching('declined|voided') },
      }),
    )

  await using ledger = openLedger({ databaseUrl: databases.payment })
  const violations = async () => (await audit({ databases, ledger })).findings.flatMap((finding) => finding.violations)
  await waitFor(async () => expect(await violations()).toEqual([])) // emails may be on their way
})
