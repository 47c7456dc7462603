/** How the page follows a demo, with its requests replaced. */
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { demo, followDemo } from '../src/page/demo.ts'
import { connection } from '../src/page/live.ts'
import { settings } from '../src/page/settings.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('what is broken on purpose is not shown, nor asked for, after the demo has ended', async () => {
  vi.useFakeTimers()
  const answer = vi.fn(async () =>
    Response.json({ broken: [{ repair: 'start-payment', text: 'Payment is stopped.' }] }),
  )
  vi.stubGlobal('document', { hidden: false })
  vi.stubGlobal('fetch', answer)
  onTestFinished(followDemo())
  settings.value = { tracesUrl: null, demo: true, audit: null }
  await vi.advanceTimersByTimeAsync(10_000)
  expect(demo.value?.broken).toHaveLength(1)
  settings.value = { tracesUrl: null, demo: false, audit: null }
  expect(demo.value).toBe(undefined)
  await vi.advanceTimersByTimeAsync(10_000)
  const asked = answer.mock.calls.length
  await vi.advanceTimersByTimeAsync(10_000)
  expect(answer).toHaveBeenCalledTimes(asked)
})

test('a page without a live stream, which does not know whether the shop is a demo, asks for what is broken', async () => {
  vi.useFakeTimers()
  vi.stubGlobal('document', { hidden: false })
  vi.stubGlobal('fetch', async () => Response.json({ broken: [{ repair: 'start-gateway', text: 'It is stopped.' }] }))
  connection.value = { state: 'connecting' }
  settings.value = { tracesUrl: null, demo: null, audit: null }
  onTestFinished(followDemo())
  await vi.advanceTimersByTimeAsync(10_000)
  expect(demo.value).toBe(undefined)
  connection.value = { state: 'lost' }
  await vi.advanceTimersByTimeAsync(10_000)
  expect(demo.value?.broken[0]?.repair).toBe('start-gateway')
})
