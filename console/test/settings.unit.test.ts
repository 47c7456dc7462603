/** How the page reads the settings of the console, with its requests replaced. */
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { demo, followDemo } from '../src/page/demo.ts'
import { connection } from '../src/page/live.ts'
import { followSettings, settings } from '../src/page/settings.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const unknown = { tracesUrl: null, demo: null, audit: null }

test('settings that could not be read are read again when the page is connected', async () => {
  connection.value = { state: 'connecting' }
  const answers = [Response.json({}, { status: 503 }), Response.json({ tracesUrl: null, demo: false, audit: true })]
  const answer = vi.fn(async () => answers.shift())
  vi.stubGlobal('fetch', answer)
  onTestFinished(followSettings())
  expect(answer).toHaveBeenCalledTimes(1)
  connection.value = { state: 'lost' }
  expect(answer).toHaveBeenCalledTimes(1)
  expect(settings.value).toEqual(unknown)
  connection.value = { state: 'live' }
  await expect.poll(() => settings.value.audit).toBe(true)
})

test('an attempt ends at the next change of the connection, and one that breaks off changes nothing', async () => {
  connection.value = { state: 'connecting' }
  const answers = [new Response('{'), Response.json({ tracesUrl: 'http://traces', demo: false, audit: true })]
  const signals: AbortSignal[] = []
  vi.stubGlobal('fetch', async (_: string, { signal }: { readonly signal: AbortSignal }) => {
    signals.push(signal)
    return answers.shift()
  })
  onTestFinished(followSettings())
  connection.value = { state: 'live' }
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  await expect.poll(() => settings.value.tracesUrl).toBe('http://traces')
})

test('settings that could not be read are unknown, and read again without a change of the connection', async () => {
  vi.useFakeTimers()
  settings.value = unknown
  connection.value = { state: 'live' }
  const answers = [Response.json({}, { status: 503 }), Response.json({ tracesUrl: null, demo: true, audit: true })]
  vi.stubGlobal('fetch', async () => answers.shift())
  onTestFinished(followSettings())
  await vi.advanceTimersByTimeAsync(1_000)
  expect(settings.value).toEqual(unknown)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(settings.value.demo).toBe(true)
})

test('what is broken on purpose is not shown, nor asked for, after the demo has ended', async () => {
  vi.useFakeTimers()
  const answer = vi.fn(async () =>
    Response.json({ broken: [{ repair: 'start-payment', text: 'Payment is stopped.' }] }),
  )
  vi.stubGlobal('document', { hidden: false })
  vi.stubGlobal('fetch', answer)
  onTestFinished(followDemo())
  settings.value = { ...unknown, demo: true }
  await vi.advanceTimersByTimeAsync(10_000)
  expect(demo.value?.broken).toHaveLength(1)
  settings.value = { ...unknown, demo: false }
  expect(demo.value).toBe(undefined)
  await vi.advanceTimersByTimeAsync(10_000)
  const asked = answer.mock.calls.length
  await vi.advanceTimersByTimeAsync(10_000)
  expect(answer).toHaveBeenCalledTimes(asked)
})
