/** An order whose terms the gateway rejects ends, although the gateway has no payment intent for it. */
import { randomUUID } from 'node:crypto'
import { audit } from '@quadrille/audit'
import { createGatewaySwitch } from '@quadrille/local/gateway-switch'
import { openLedger } from '@quadrille/payment/ledger'
import { openDatabase } from '@quadrille/postgres'
import { despiteUnavailable, openShop } from '@quadrille/shop-testing'
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
  const gateway = createGatewaySwitch()
  const { urls, databases, stop, drop } = await startInOneProcess(inject('postgresUrl'), { payment: gateway.payment })
  onTestFinished(drop)
  onTestFinished(async () => void (await stop()))
  const database = openDatabase({ url: databases.payment, applicationName: 'test', onIdleError: () => undefined })
  onTestFinished(() => database.end())
  const shop = openShop(urls)
  onTestFinished(() => shop.close())
  await shop.setStock({ mug: 10 })
  const place = async (): Promise<string> => {
    const { status, body } = await despiteUnavailable(() => shop.place(anOrder, randomUUID()))
    expect(status).toBe(202)
    return (body as { id: string }).id
  }

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

  gateway.set('down') // so that no charge has an outcome before its cancellation
  const cancelled = await place()
  expect(await despiteUnavailable(() => shop.cancel(cancelled))).toMatchObject({ status: 202 })
  const stored = () => database.query('select status from payment where order_id = $1', [cancelled])
  await waitFor(async () => expect(await stored()).toEqual([{ status: 'cancelling' }]))
  gateway.set('up')
  await waitFor(async () =>
    expect(await shop.order(cancelled)).toMatchObject({
      status: 'cancelled',
      settled: true,
      cancellation: { reason: 'customer' },
      payment: { status: 'voided' },
    }),
  )

  await using ledger = openLedger({ databaseUrl: databases.payment })
  const violations = async () => (await audit({ databases, ledger })).findings.flatMap((finding) => finding.violations)
  await waitFor(async () => expect(await violations()).toEqual([])) // emails may be on their way
})
