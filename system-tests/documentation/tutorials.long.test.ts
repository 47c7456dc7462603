/** The commands of the tutorials work as written, line by line, each page in a newly started shop. */
import { describe, expect, test, vi } from 'vitest'
import { main, newFolder, type Started, startIn, untilPrinted } from '../start/started.ts'
import { commandsInBlocks, read } from './documents.ts'
import { fixedPorts, openSession, type Session } from './session.ts'

const soon = { timeout: 20_000, interval: 100 }

interface Reader {
  readonly shop: Started
  readonly session: Session
  /** Starts the shop again, on the same state and ports. */
  readonly restart: () => Promise<void>
  readonly get: <Answer>(path: string) => Promise<Answer>
}

/** Starts the shop as the first command of a page does. */
const begin = async (env: Readonly<Record<string, string>> = {}): Promise<Reader> => {
  const folder = newFolder()
  const { ports, variables } = await fixedPorts()
  const start = async () => {
    const started = startIn(folder, [main], { ...variables, ...env })
    await untilPrinted(started, 'Press Ctrl-C')
    return started
  }
  let shop = await start()
  const url = `http://127.0.0.1:${ports.get(3_000)}`
  return {
    get shop() {
      return shop
    },
    session: openSession({ ports, env: { DATA_DIR: folder, ORDER_URL: url } }),
    restart: async () => {
      shop = await start()
    },
    get: async <Answer>(path: string) => (await fetch(url + path)).json() as Promise<Answer>,
  }
}

type Check = (command: string, reader: Reader) => Promise<unknown>
/** A part of a command, and its check. */
type Step = readonly [part: string, check: Check]

const follow = async (page: string, steps: readonly Step[], reader: Reader): Promise<void> => {
  const commands = commandsInBlocks(page)
  expect(commands).toHaveLength(steps.length)
  for (const [index, [part, check]] of steps.entries()) {
    const command = commands[index] ?? ''
    expect(command).toContain(part)
    await check(command, reader).catch((cause: unknown) => {
      throw new Error(`${command}\n${cause}`, { cause })
    })
  }
}

const isStarted: Check = async () => undefined

/** Pastes the command, whose order then ends like this. */
const placesOrder =
  (expected: object): Check =>
  async (command, { session, get }) => {
    const { id } = JSON.parse(await session.paste(command)) as { readonly id: string }
    await vi.waitFor(async () => expect(await get(`/orders/${id}`)).toMatchObject(expected), soon)
  }

describe('watch an order', () => {
  const page = 'docs/tutorials/watch-an-order.md'
  let id = ''
  const placesStuckOrder: Check = async (command, { session, shop }) => {
    id = await session.paste(command)
    await untilPrinted(shop, '→ open for 2.')
  }
  const kills: Check = async (command, { session, shop }) => {
    await session.paste(command)
    await shop.exit
  }
  const startsAgain: Check = async (_, { restart, get }) => {
    await restart()
    expect(await get(`/orders/${id}`)).toMatchObject({ status: 'placed' })
  }
  const steps: readonly Step[] = [
    ['npm start', isStarted],
    ['order()', (command, { session }) => session.paste(command)],
    ['order ada', placesOrder({ status: 'fulfilled' })],
    ['order grace', placesOrder({ status: 'cancelled', cancellation: { reason: 'payment_declined' } })],
    ['order edsger', placesOrder({ settled: true, cancellation: { reason: 'out_of_stock' } })],
    ['order barbara', placesOrder({ status: 'fulfilled' })],
    ['ID=', placesStuckOrder],
    [
      '/diagnosis',
      async (command, { session }) =>
        expect(JSON.parse(await session.paste(command)).items[0]).toMatchObject({ owedBy: 'payment' }),
    ],
    ['kill -9', kills],
    ['npm start', startsAgain],
    [
      '/cancel',
      async (command, { session, shop }) => {
        expect(JSON.parse(await session.paste(command))).toMatchObject({ status: 'cancelled' })
        await untilPrinted(shop, '→ payment voided')
      },
    ],
    ['npm run trace', async (command, { session }) => expect(await session.paste(command)).toContain('OrderCancelled')],
    ['npm run audit', async (command, { session }) => expect(await session.paste(command)).toContain('I1')],
  ]

  test('line by line', { timeout: 120_000 }, async () => {
    const reader = await begin()
    await follow(page, steps, reader)
    reader.shop.child.kill('SIGTERM')
    expect(await reader.shop.exit).toBe(0)
  })

  test('shows the line that the terminal shows', () => {
    expect(read(page)).toMatch(/^\S+ {2}…4f2a91c7 {2}placed 25\.00 EUR → paid → reserved → fulfilled {2}in 23 ms$/m)
  })
})
