/** The commands of the README work line by line, in a newly started shop. */

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, test } from 'vitest'
import { main, newFolder, type Started, startIn, untilPrinted } from '../start/started.ts'
import { commandsInBlocks, read, root } from './documents.ts'
import { fixedPorts, openSession, type Session } from './session.ts'

const commands = commandsInBlocks('README.md')

interface Order {
  readonly id: string
  readonly status: string
  readonly settled: boolean
  readonly cancellation: { readonly reason: string } | null
  readonly payment: { readonly status: string }
}

let shop: Started
let session: Session

const startShop = async (): Promise<void> => {
  const folder = newFolder()
  const { ports, variables } = await fixedPorts()
  shop = startIn(folder, [main], { ...variables, STUCK_AFTER: '1s' })
  await untilPrinted(shop, 'Quadrille is ready')
  session = openSession({ ports, env: { DATA_DIR: folder, ORDER_URL: urlOf('order') } })
}

const urlOf = (service: string): string => new RegExp(`${service} +(http:\\S+)`).exec(shop.output())?.[1] ?? ''

const paste = (command: string): Promise<string> => session.paste(command)

/** Pastes the command until its answer passes the check. Each try starts a shell and curl. */
const untilPasted = (command: string, check: (answer: ReturnType<typeof JSON.parse>) => void): Promise<void> =>
  waitFor(async () => check(JSON.parse(await paste(command))), { interval: 300 })

const get = async <Answer>(path: string): Promise<Answer> =>
  (await fetch(`${urlOf('order')}${path}`)).json() as Promise<Answer>

/** Waits until Bob's newest order is as expected. */
const untilBobs = (expected: object) =>
  waitFor(async () =>
    expect((await get<{ items: Order[] }>('/orders?customerId=bob')).items[0]).toMatchObject(expected),
  )

const uuid = /^[0-9a-f]{8}-[0-9a-f-]{27}$/

/** In the order of the page: a part of a command, and its expected result. */
const steps: readonly (readonly [part: string, check: (command: string) => Promise<unknown>])[] = [
  ['git clone REPOSITORY_URL quadrille && cd quadrille', clones],
  ['npm start', startShop],
  [
    'my-first',
    async (command) => expect(JSON.parse(await paste(command))).toMatchObject({ status: 'placed', total: 2_500 }),
  ],
  [
    'orders?customerId=ada',
    (command) => untilPasted(command, ({ items }) => expect(items[0]).toMatchObject({ status: 'fulfilled' })),
  ],
  [
    '/stock/mug',
    (command) => untilPasted(command, (stock) => expect(stock).toMatchObject({ onHand: 99_998, reserved: 0 })),
  ],
  ['ID=', async (command) => expect(await paste(command)).toMatch(uuid)],
  [
    '/dispatch',
    (command) => untilPasted(command, ({ parcels }) => expect(parcels).toMatchObject([{ trackingCode: '003404' }])),
  ],
  ['npm run trace', async (command) => expect(await paste(command)).toContain('order: OrderFulfilled')],
  [
    '/events',
    async (command) => expect(JSON.parse(await paste(command)).items[0]).toMatchObject({ type: 'OrderPlaced' }),
  ],
  ['order()', paste],
  [
    'pm_card_chargeDeclined',
    (command) => ends(command, { status: 'cancelled', cancellation: { reason: 'payment_declined' } }),
  ],
  ['teapot', (command) => ends(command, { cancellation: { reason: 'out_of_stock' }, payment: { status: 'refunded' } })],
  ['pm_sim_timeout_then_charged', (command) => ends(command, { status: 'fulfilled', payment: { status: 'captured' } })],
  ['ID=$(order mug 1 pm_sim_slow', async (command) => expect(await paste(command)).toMatch(uuid)],
  ['/cancel', async (command) => expect(JSON.parse(await paste(command))).toMatchObject({ status: 'cancelled' })],
  [
    'curl -s "http://127.0.0.1:3000/orders/$ID"',
    (command) =>
      untilPasted(command, (order) =>
        expect(order).toMatchObject({
          settled: true,
          payment: { status: expect.stringMatching(/^(refunded|voided)$/) },
        }),
      ),
  ],
  ['pm_sim_down', async (command) => expect(JSON.parse(await paste(command))).toMatchObject({ status: 'placed' })],
  [
    'stuck=true',
    (command) =>
      untilPasted(command, ({ items }) => expect(shapeOf(items[0].diagnoses)).toEqual(shapeOf(shownDiagnoses()))),
  ],
  ['npm run audit', async (command) => expect(await paste(command)).toContain('All 12 invariants hold (')],
]

async function clones(command: string): Promise<void> {
  const place = newFolder()
  const { stdout } = await promisify(execFile)('sh', [
    '-ec',
    `cd ${place}; ${command.replace('REPOSITORY_URL', `--quiet --depth 1 file://${root}`)}; pwd`,
  ])
  expect(existsSync(join(stdout.trim(), 'run.mjs'))).toBe(true)
}

async function ends(command: string, expected: object): Promise<void> {
  expect(JSON.parse(await paste(command))).toMatchObject({ status: 'placed' })
  await untilBobs({ settled: true, ...expected })
}

/** The diagnoses on the page. */
const shownDiagnoses = (): unknown => {
  const [, json = ''] = /```json\n"diagnoses": (.*?)```/s.exec(read('README.md')) ?? []
  return JSON.parse(json)
}

/** The parts that do not change between runs. */
const shapeOf = (diagnoses: { missing: string[]; owedBy: string; where: Record<string, unknown> }[] | unknown) =>
  (diagnoses as { missing: string[]; owedBy: string; where: Record<string, unknown> }[]).map(
    ({ missing, owedBy, where }) => ({
      missing,
      owedBy,
      where: Object.keys(where).toSorted(),
      place: where['place'],
      type: where['type'],
    }),
  )

test('the page has these commands, and no others', () => {
  expect(commands).toHaveLength(steps.length)
  for (const [index, [part]] of steps.entries()) expect(commands[index]).toContain(part)
})

test('the commands on the page work, line by line', async () => {
  for (const [index, [, check]] of steps.entries()) {
    const command = commands[index] ?? ''
    await check(command).catch((cause: unknown) => {
      throw new Error(`${command}\n${cause}`, { cause })
    })
  }
  const lines = shop.output()
  expect(lines).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} {2}….{8} {2}placed 25\.00 EUR → paid → reserved → fulfilled {2}in (\d+ ms|\d+\.\d s)$/m,
  )
  expect(lines).toMatch(/placed 12\.50 EUR → payment declined → cancelled → stock released {2}in /)
  expect(lines).toMatch(/placed 1250000\.00 EUR → paid → out of stock → cancelled → refunded {2}in /)
  expect(lines).not.toContain('    at ') // these endings are not errors of the shop
  shop.child.kill('SIGTERM')
  expect(await shop.exit).toBe(0)
})
