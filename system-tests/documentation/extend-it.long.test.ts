/** Follows docs/tutorials/extend-it.md in a copy of the repository: its commands and its code, as written. */

import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '@quadrille/embedded-postgres'
import { type Copy, copyRepository } from '@quadrille/planted/copy'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newFolder, type Started, startIn, untilPrinted } from '../start/started.ts'
import { commandsInBlocks, read } from './documents.ts'
import { fixedPorts, openSession } from './session.ts'

const page = 'docs/tutorials/extend-it.md'
const [entry = '', service = ''] = [...read(page).matchAll(/^```ts\n(.*?)^```/gms)].map(([, block = '']) => block)
const serviceFile = 'services/loyalty/src/service.ts'

let copy: Copy

beforeAll(async () => {
  copy = await copyRepository()
})

afterAll(() => copy[Symbol.asyncDispose]())

/** Writes the code of the page into the files that it names. */
const writeCode = async (): Promise<void> => {
  const model = join(copy.directory, 'packages/events/src/choreography.ts')
  const end = '\n} as const satisfies Choreography'
  await writeFile(model, (await readFile(model, 'utf8')).replace(end, `\n${entry.trimEnd()}${end}`))
  await writeFile(join(copy.directory, serviceFile), service)
}

/** The link that `npx pnpm install` makes. The copy shares the installed packages, which an installation would change. */
const link = async (): Promise<void> => {
  const links = join(copy.directory, 'local/node_modules/@quadrille')
  await mkdir(links, { recursive: true })
  await symlink('../../../services/loyalty', join(links, 'loyalty'))
  await cp(
    join(copy.directory, 'examples/loyalty/node_modules'),
    join(copy.directory, 'services/loyalty/node_modules'),
    {
      recursive: true,
      verbatimSymlinks: true,
      force: true,
    },
  )
}

test('a service is added, fails, recovers, and is left out', async () => {
  const [copying, removing, naming, generate, install, npmStart, define, orderOfAda, points, ...others] =
    commandsInBlocks(page)
  const [orderOfBob, startAgain, pointsOfBob, startWithout, ...more] = others
  expect([install, npmStart, startAgain, startWithout]).toEqual([
    ...['npx pnpm install', 'npm start', 'npm start', 'LOYALTY=off npm start'],
  ])
  expect(more).toEqual([])

  const folder = newFolder()
  const { ports, variables } = await fixedPorts()
  const port = await freePort()
  const session = openSession({ ports: new Map([...ports, [3_007, port]]), env: {}, folder: copy.directory })
  const paste = (command = '') => session.paste(command)
  const env = { ...variables, LOYALTY_PORT: String(port) }
  const start = async (own: Readonly<Record<string, string>> = {}): Promise<Started> => {
    const started = startIn(folder, [join(copy.directory, 'local/src/main.ts')], { ...env, ...own })
    await untilPrinted(started, 'Quadrille is ready')
    return started
  }
  const end = async ({ child, exit }: Started) => {
    child.kill('SIGTERM')
    expect(await exit).toBe(0)
  }
  const untilPoints = (command: string | undefined, customerId: string, expected: number) =>
    waitFor(async () => expect(JSON.parse(await paste(command))).toEqual({ customerId, points: expected }))

  for (const command of [copying, removing, naming]) await paste(command)
  await writeCode()
  expect(generate).toBe('npm run generate')
  await paste('node scripts/generate.ts') // run.mjs would install
  await link()

  const first = await start()
  expect(first.output()).toMatch(/^ +loyalty +http/m)
  await paste(define)
  await paste(orderOfAda)
  await untilPoints(points, 'ada', 25)
  const { id } = JSON.parse(await paste(orderOfBob)) as { readonly id: string }
  const attempts = async () => (await fetch(`http://127.0.0.1:${port}/attempts?orderId=${id}`)).json()
  const failed = { items: [expect.objectContaining({ error: expect.stringContaining('no points for Bob') })] }
  await waitFor(async () => expect(await attempts()).toMatchObject(failed))
  await end(first)

  const withoutMistake = service.replace(/^.*'bob'.*\n/m, '')
  expect(withoutMistake).not.toBe(service)
  await writeFile(join(copy.directory, serviceFile), withoutMistake)
  const second = await start()
  await untilPoints(pointsOfBob, 'bob', 12)
  await end(second)

  const third = await start({ LOYALTY: 'off' })
  expect(third.output()).not.toMatch(/^ +loyalty +http/m)
  await end(third)
})
