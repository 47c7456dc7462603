/** How the page reads the settings of the console, with its requests replaced. */
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { connection } from '../src/page/live.ts'
import { followSettings, settings } from '../src/page/settings.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

test('settings that could not be read are read again when the page is connected', async () => {
  connection.value = { state: 'connecting' }
  const answers = [Response.json({}, { status: 503 }), Response.json({ tracesUrl: null, demo: false, audit: true })]
  const answer = vi.fn(async () => answers.shift())
  vi.stubGlobal('fetch', answer)
  onTestFinished(followSettings())
  expect(answer).toHaveBeenCalledTimes(1)
  connection.value = { state: 'lost' }
  expect(answer).toHaveBeenCalledTimes(1)
  expect(settings.value.audit).toBe(null)
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
