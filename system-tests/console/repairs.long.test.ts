/** Refused refunds, and groups of dead letters, repaired in the console. */

import { openDatabase } from '@quadrille/postgres'
import { waitUntil } from '@quadrille/testing/waiting'
import type { Page, Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { expectNoBarrier } from './barriers.ts'
import { expectNoFault, openPage } from './browser.ts'
import { startFailingShop } from './failing-shop.ts'
import { type Frames, insertOrders, watchFrames } from './many-orders.ts'
import { replay } from './repair-steps.ts'
import { useConsole } from './use-console.ts'

const started = useConsole(startFailingShop, { mug: 1_000, ember: 1_000, rarity: 0 })

/** Inventory can't reserve embers until the function that it returns is called. */
const breakInventory = async (): Promise<() => Promise<void>> => {
  const sql = openDatabase({
    url: started.system.databases.inventory,
    applicationName: 'test',
    onIdleError: () => undefined,
  })
  await sql.query(
    `create function burn() returns trigger language plpgsql as $$ begin raise 'The shelf is on fire'; end $$`,
  )
  await sql.query(
    `create trigger burn before insert or update on reservation for each row
       when (new.status = 'reserved' and new.lines::text like '%ember%') execute function burn()`,
  )
  return async () => {
    await sql.query('drop function burn cascade')
    await sql.end()
  }
}

/** Places an order whose payment becomes a dead letter of inventory. The success of another shows that the fault is its own. */
const placeEmber = async (): Promise<string> => {
  const id = await started.place({ sku: 'ember' })
  const letters = `${started.system.urls.inventory}/dead-letters?status=parked&orderId=${id}`
  await waitUntil(async () => {
    const { items } = (await (await fetch(letters)).json()) as { readonly items: readonly unknown[] }
    if (items.length === 0) await started.place()
    return items.length > 0
  })
  return id
}

/** Discards a dead letter of inventory, as another operator. */
const discardOne = async (): Promise<void> => {
  const url = `${started.system.urls.inventory}/dead-letters`
  const { items } = (await (await fetch(`${url}?status=parked&limit=1`)).json()) as {
    readonly items: readonly { readonly id: string }[]
  }
  const discarded = await fetch(`${url}/${items[0]?.id}?reason=test`, {
    method: 'DELETE',
    headers: { 'x-operator': 'Grace' },
  })
  expect(discarded.ok).toBe(true)
}

/** Keeps the next discard of the page waiting for the answer that the function gives, which it returns. Later ones reach the service. */
const holdDiscards = async (page: Page) => {
  const held = Promise.withResolvers<Route>()
  await page.route('**/api/*/dead-letters/*', async (route) => {
    if (route.request().method() === 'DELETE') held.resolve(route)
    else await route.continue()
  })
  return async (answer: Parameters<Route['fulfill']>[0]): Promise<void> => {
    await (await held.promise).fulfill(answer)
    await page.unrouteAll()
  }
}

/** The operations on the payment of an order. */
const operationsOn = async (id: string): Promise<string[]> => {
  const { items } = (await (await fetch(`${started.system.urls.payment}/operations?orderId=${id}`)).json()) as {
    readonly items: readonly { readonly operation: string; readonly operator: string }[]
  }
  return items.map(({ operation, operator }) => `${operation} by ${operator}`)
}

test('a refused refund is retried and refused again, and then recorded as made by hand', async () => {
  const id = await started.place({ method: 'pm_card_refundFail', sku: 'rarity' })
  const { page } = await openPage(`${started.url}/stuck`, { width: 390 })
  const stuck = page.getByRole('listitem').filter({ has: page.locator(`a[href="/orders/${id}"]`) })
  await stuck.getByText(/The gateway refused the refund: expired or canceled card \(.*, attempt 1\)\./).waitFor()
  await expectNoBarrier(page)
  await stuck.getByRole('button', { name: 'Retry the refund…' }).click()
  await page.getByText('Payment asks the gateway again to pay €25.00 back to the customer.').waitFor()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Your name, for the record' }).fill('Ada')
  await page.keyboard.press('Enter')
  await expect.poll(() => operationsOn(id)).toEqual(['refund_request by Ada'])
  await stuck.getByText(/The gateway refused the refund again: .*, attempt 2\)/).waitFor()
  await page.goto(`${started.url}/orders/${id}`) // the page of the order has the same buttons
  await page
    .getByText(/The gateway refused the refund again: .*, attempt 2\)/)
    .first()
    .waitFor()
  await expectNoBarrier(page)
  await page.getByRole('button', { name: 'Retry the refund…' }).waitFor()
  await page.getByText('The gateway has refused it twice. A retry helps only if the reason is gone.').first().waitFor()
  await page.goto(`${started.url}/stuck`)
  await stuck.getByRole('button', { name: 'Record it as made by hand…' }).click()
  await page.getByRole('textbox', { name: /The proof/ }).fill('transfer 7')
  await page.getByRole('dialog').getByRole('textbox', { name: 'Your name, for the record' }).fill('Ada')
  await page.keyboard.press('Enter') // in a field it must not do what can't be undone
  await page.getByRole('button', { name: 'Record the refund', exact: true }).click()
  await page.getByText(/The refund of order .* is recorded: transfer 7\./).waitFor()
  await stuck.waitFor({ state: 'detached' })
  expect((await started.shop.order(id)).payment.status).toBe('refunded')
  await page.goto(`${started.url}/operations?orderId=${id}`)
  await page.getByRole('row', { name: /^refund request Ada requested/ }).waitFor()
  await page.goto(`${started.url}/orders/${id}`) // each refusal stays on the page
  await expect.poll(() => page.getByText('expired or canceled card', { exact: true }).count()).toBe(2)
})

test('a group is tried, some are discarded, and the others are replayed to their true outcome', async () => {
  const repair = await breakInventory()
  const ids = [await placeEmber(), await placeEmber(), await placeEmber(), await placeEmber()]
  const opened = await openPage(`${started.url}/dead-letters`)
  const { page } = opened
  const row = page.getByRole('row').filter({ hasText: 'PaymentProcessed' })
  await row.getByRole('cell', { name: '4', exact: true }).waitFor()
  await expectNoBarrier(page)
  await row.getByRole('link').click()
  await page.getByText('The newest: The shelf is on fire').waitFor()
  await expectNoBarrier(page)
  await page.getByRole('checkbox').nth(1).click()
  await page.getByRole('button', { name: 'Dry run' }).click()
  await page.getByText('It would fail again. The shelf is on fire').waitFor()
  await page.getByRole('button', { name: 'Discard…' }).click()
  await page.getByRole('textbox', { name: 'The reason, for the record' }).last().fill('a test')
  await page.getByRole('dialog').getByRole('textbox', { name: 'Your name, for the record' }).fill('Ada')
  const answer = await holdDiscards(page)
  await page.getByRole('button', { name: 'Discard', exact: true }).click()
  await page.getByText('The discard has done 0 of 1.').waitFor()
  await page.getByRole('button', { name: 'Stop the discard' }).click()
  await answer({ status: 409, json: { detail: 'It is locked.' } })
  await page.getByRole('alert').filter({ hasText: 'It is locked.' }).waitFor() // also after the stop
  await page.getByRole('button', { name: 'Discard…' }).click()
  await page.getByRole('textbox', { name: 'The reason, for the record' }).last().fill('a test')
  await page.getByRole('button', { name: 'Discard', exact: true }).click()
  await page.getByText('The discard has ended: 1 of 1 done.').waitFor()
  await expect.poll(() => page.getByRole('checkbox').count()).toBe(4)
  await page.getByRole('checkbox', { name: 'Select all' }).click()
  await page.getByRole('button', { name: 'Dry run' }).click()
  await page.getByText('3 would fail again.', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Replay…' }).click()
  await discardOne()
  await page.getByText('The dead letters have changed since the dry run').waitFor()
  expect(await page.getByRole('button', { name: 'Replay', exact: true }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Back' }).click()
  await repair()
  await replay(page)
  await page.getByText('2 of 2 handled, 0 dead again, 0 still waiting').waitFor()
  await page.getByRole('list', { name: 'The orders of the messages' }).getByText('fulfilled').nth(1).waitFor()
  const statuses = await Promise.all(ids.map(async (id) => (await started.shop.order(id)).status))
  expect(statuses.toSorted()).toEqual(['fulfilled', 'fulfilled', 'paid', 'paid'])
  expectNoFault(opened)
})

test('a dry run shows the fields that would change, and the messages that it would cause', async () => {
  const repair = await breakInventory()
  const id = await placeEmber()
  const { page } = await openPage(`${started.url}/dead-letters`)
  await page.getByRole('row').filter({ hasText: 'PaymentProcessed' }).getByRole('link').click()
  await page.getByRole('link', { name: 'Show its stack and its content' }).click()
  await page.getByRole('link', { name: id.slice(-8) }).waitFor()
  await repair()
  await page.getByRole('button', { name: 'Dry run' }).click()
  const change = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'reservation.status' }) })
  expect(await change.textContent()).toBe('reservation.status"pending""reserved"')
  await page.getByText('It would publish the event InventoryReserved').click()
  await page.getByText('"type": "InventoryReserved"').waitFor()
  const name = page.getByRole('dialog').getByRole('textbox', { name: 'Your name, for the record' })
  for (const [action, person] of Object.entries({ 'Discard…': 'Ada', 'Replay…': 'Grace' })) {
    await page.getByRole('button', { name: action }).click()
    await name.fill(person)
    await page.getByRole('button', { name: 'Back' }).click()
  }
  await page.getByRole('button', { name: 'Discard…' }).click()
  expect(await name.inputValue()).toBe('Grace') // as it would be recorded
  await page.getByRole('button', { name: 'Back' }).click()
  await expectNoBarrier(page)
})

test('the state of an order is shown before and after an event, except where the history does not tell it', async () => {
  const repair = await breakInventory()
  const id = await placeEmber()
  await repair()
  const { page } = await openPage(`${started.url}/orders/${id}`)
  await page.getByRole('button', { name: 'PaymentProcessed €25.00' }).click()
  await page.getByText('The state before and after, in each service').click()
  await page.getByRole('row', { name: 'status "placed" "paid"' }).waitFor()
  await page.getByText('The state is uncertain, so it is not shown. Inventory checks the stock now.').waitFor()
  await expectNoBarrier(page)
})

const rounds = 6

/** Opens the list, and watches it while 20 orders at a time arrive. */
const framesWhileOrdersArrive = async () => {
  const { page } = await openPage(started.url)
  await page.getByText('Live', { exact: true }).waitFor()
  const frames = await watchFrames(page)
  for (let round = 1; round <= rounds; round += 1) {
    const ids = await Promise.all(Array.from({ length: 20 }, () => started.place()))
    await page.locator(`a[href="/orders/${ids.at(-1)}"]`).waitFor()
  }
  return { page, ...(await frames()) }
}

test('the list of 100,000 orders is drawn without a delay while orders arrive, and an old one is found', async () => {
  const few = await framesWhileOrdersArrive()
  await insertOrders(started.system.databases.order, 100_000)
  const isSlow = ({ slow }: Frames) => slow >= 2 * few.slow + rounds // each round draws the list again
  let many = await framesWhileOrdersArrive()
  for (let tries = 1; tries < 3 && isSlow(many); tries += 1) many = await framesWhileOrdersArrive() // the machine may pause the browser
  const { page, ...frames } = many
  expect(frames.count).toBeGreaterThan(rounds)
  expect(frames).not.toSatisfy(isSlow)
  const { items } = (await (await fetch(`${started.system.urls.order}/orders?customerId=c-777&limit=90`)).json()) as {
    readonly items: readonly { readonly id: string }[]
  }
  const oldest = items.at(-1)?.id ?? ''
  await page.getByRole('searchbox').fill(oldest.slice(-8))
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: oldest }).waitFor()
  await page.getByText('The order service has deleted the history (HISTORY_TTL).').waitFor()
})
