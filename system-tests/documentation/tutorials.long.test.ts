/**
 * The commands of two tutorials work as written, line by line, each page in a newly started shop, with these exceptions. `npm start` is
 * run with other ports and another folder. Commands of Docker are not run here: a test with containers must run the same verbs. The
 * order of the part with RabbitMQ is placed in the shop without it. The third tutorial has a test of its own.
 */
import { freePort } from '@quadrille/embedded-postgres'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { describe, expect, test } from 'vitest'
import { main, newFolder, type Started, startIn, untilPrinted } from '../start/started.ts'
import { commandsInBlocks, read } from './documents.ts'
import { fixedPorts, openSession, type Session } from './session.ts'

interface Reader {
  readonly shop: Started
  readonly session: Session
  /** Starts the shop again, on the same state and ports. */
  readonly restart: () => Promise<void>
  /** The address of a service by its default port. */
  readonly at: (port: number) => string
}

/** Starts the shop as the first command of a page does. */
const begin = async (env: Readonly<Record<string, string>> = {}): Promise<Reader> => {
  const folder = newFolder()
  const { ports, variables } = await fixedPorts()
  const demoPort = String(await freePort())
  const start = async () => {
    const started = startIn(folder, [main], { ...variables, DEMO: 'on', DEMO_PORT: demoPort, ...env })
    await untilPrinted(started, 'Press Ctrl-C')
    return started
  }
  let shop = await start()
  const at = (port: number) => `http://127.0.0.1:${ports.get(port)}`
  return {
    get shop() {
      return shop
    },
    session: openSession({
      ports,
      env: { DATA_DIR: folder, ORDER_URL: at(3_000), DEMO_URL: `http://127.0.0.1:${demoPort}` },
    }),
    restart: async () => {
      shop = await start()
    },
    at,
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

const orderOf = async ({ at }: Reader, id: string): Promise<unknown> =>
  (await fetch(`${at(3_000)}/orders/${id}`)).json()

const untilOrder = (reader: Reader, id: string, expected: object) =>
  waitFor(async () => expect(await orderOf(reader, id)).toMatchObject(expected))

/** Pastes the command, whose output contains this text. */
const prints =
  (text: string): Check =>
  async (command, { session }) =>
    expect(await session.paste(command)).toContain(text)

/** Pastes the command, whose order then ends like this. */
const placesOrder =
  (expected: object): Check =>
  async (command, reader) => {
    const { id } = JSON.parse(await reader.session.paste(command)) as { readonly id: string }
    await untilOrder(reader, id, expected)
  }

describe('watch an order', () => {
  const page = 'docs/tutorials/watch-an-order.md'
  let id = ''
  /** The terminal shows some lines a second only. After a kill many events are published again. */
  const untilQuiet = async ({ output }: Started) => {
    let before = ''
    const isQuiet = () => {
      const last = before
      before = output()
      return before === last
    }
    await waitUntil(isQuiet, { interval: 1500 })
  }
  const placesStuckOrder: Check = async (command, { session, shop }) => {
    await untilQuiet(shop)
    id = await session.paste(command)
    const line = new RegExp(`…${id.slice(-8)} .* → open for `)
    await waitFor(() => expect(shop.output()).toMatch(line))
  }
  const kills: Check = async (command, { session, shop }) => {
    await session.paste(command)
    await shop.exit
  }
  const startsAgain: Check = async (_, reader) => {
    await reader.restart()
    await untilQuiet(reader.shop)
    expect(await orderOf(reader, id)).toMatchObject({ status: 'placed' })
  }
  const steps: readonly Step[] = [
    ['npm start', isStarted],
    ['order()', (command, { session }) => session.paste(command)],
    ['order ada', placesOrder({ status: 'fulfilled' })],
    ['order grace', placesOrder({ status: 'cancelled', cancellation: { reason: 'payment_declined' } })],
    ['order edsger', placesOrder({ settled: true, cancellation: { reason: 'out_of_stock' } })],
    ['order barbara', placesOrder({ status: 'fulfilled' })],
    ['burst', prints('500 orders were accepted')],
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
    ['npm run trace', prints('OrderCancelled')],
    ['npm run audit', prints('I1')],
  ]

  test('line by line', async () => {
    const reader = await begin()
    await follow(page, steps, reader)
    reader.shop.child.kill('SIGTERM')
    expect(await reader.shop.exit).toBe(0)
  })

  test('shows the line that the terminal shows', () => {
    expect(read(page)).toMatch(/^\S+ {2}…4f2a91c7 {2}placed 25\.00 EUR → paid → reserved → fulfilled {2}in 23 ms$/m)
  })
})

describe('break it and repair it', () => {
  const page = 'docs/tutorials/break-it-and-mend-it.md'
  let id = ''
  const placesWaitingOrder: Check = async (command, reader) => {
    const [, placed = ''] = /([\da-f]{8}-[\da-f-]{27})/.exec(await reader.session.paste(command)) ?? []
    id = placed
    expect(await orderOf(reader, id)).toMatchObject({ status: 'placed' })
  }
  const repairs: Check = async (command, reader) => {
    await reader.session.paste(command)
    await untilOrder(reader, id, { status: 'fulfilled' })
  }
  /** A reader replays it in the console. */
  const leavesDeadLetter: Check = async (command, reader) => {
    await placesWaitingOrder(command, reader)
    const letters = `${reader.at(3_001)}/dead-letters`
    const parked = async () => {
      const { items } = (await (await fetch(`${letters}?orderId=${id}`)).json()) as { items: { id: string }[] }
      return items[0]?.id
    }
    const letter = await waitUntil(parked)
    expect((await fetch(`${letters}/${letter}/replay`, { method: 'POST' })).status).toBe(202)
    await untilOrder(reader, id, { status: 'fulfilled' })
  }
  /** A test with containers does it. */
  const isDoneWithContainers: Check = async (command) => {
    const [, , verb = ''] = command.split(' ')
    expect(read('deploy/test/core.compose.test.ts') + read('deploy/test/compose.ts')).toContain(`run('${verb}'`)
  }
  const steps: readonly Step[] = [
    ['RETRY_ATTEMPTS=2 npm start', isStarted],
    ['npm run demo', prints('stop-payment')],
    ['stop-payment', prints('is stopped')],
    ['order-fulfilled', placesWaitingOrder],
    ['start-payment', repairs],
    ['order-retried', leavesDeadLetter],
    ['poison-message', prints('can’t read')],
    ['/dead-letters', prints('"reason": "schema_violation"')],
    ['/operations', prints('"items"')],
    ['npm run audit', prints('I1')],
    ['docker compose up', isDoneWithContainers],
    ['docker compose kill', isDoneWithContainers],
    ['/orders -H', placesOrder({ status: 'fulfilled' })],
    ['docker compose logs', isDoneWithContainers],
    ['docker compose start', isDoneWithContainers],
    ['orders?limit=1', prints('"status": "fulfilled"')],
    ['docker compose down', isDoneWithContainers],
  ]

  test('line by line', async () => {
    const reader = await begin({ RETRY_ATTEMPTS: '2' })
    await follow(page, steps, reader)
  })
})
