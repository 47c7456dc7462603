import { expect, onTestFinished, test, vi } from 'vitest'
import { superviseProcess } from '../src/supervise-process.ts'

/** Prints its port, reports a URL, and exits. */
const script = "console.log(process.env.PORT); process.send({ url: 'http://127.0.0.1:80' }, () => process.exit(1))"

test('a process at port 80, which its URL leaves out, starts there again', async () => {
  const ports: string[] = []
  const supervised = superviseProcess({
    name: 'test',
    command: ['-e', script],
    env: { PORT: '80' },
    portVariable: 'PORT',
    say: () => undefined,
    log: { write: (line) => void ports.push(line) },
  })
  onTestFinished(supervised.stop)
  await expect.poll(() => ports.slice(0, 2)).toEqual(['80', '80'])
})

test('a stop of the start ends the wait for a process that has no URL yet', async () => {
  const supervised = superviseProcess({
    name: 'test',
    command: ['-e', 'setInterval(() => undefined, 1_000)'],
    env: {},
    portVariable: 'PORT',
    say: () => undefined,
    log: undefined,
  })
  onTestFinished(supervised.stop)
  const stopping = new AbortController()
  const url = supervised.url(stopping.signal)
  stopping.abort()
  await expect(url).rejects.toMatchObject({ name: 'AbortError' })
})

test("a process gets Node's own variables, and no others of the shop", async () => {
  vi.stubEnv('NODE_USE_SYSTEM_CA', '1')
  vi.stubEnv('NODE_AUTH_TOKEN', 'secret')
  vi.stubEnv('DATABASE_URL', 'postgres://secret')
  onTestFinished(() => void vi.unstubAllEnvs())
  const lines: string[] = []
  const supervised = superviseProcess({
    name: 'test',
    command: [
      '-e',
      'console.log(process.env.NODE_USE_SYSTEM_CA, process.env.NODE_AUTH_TOKEN, process.env.DATABASE_URL)',
    ],
    env: {},
    portVariable: 'PORT',
    say: () => undefined,
    log: { write: (line) => void lines.push(line) },
  })
  onTestFinished(supervised.stop)
  await expect.poll(() => lines[0]).toBe('1 undefined undefined')
})
