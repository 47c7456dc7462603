import { expect, test } from 'vitest'
import type { DemoClient } from '../src/client.ts'
import { playTour } from '../src/tour.ts'

/** A shop in which each order settles at once. `on`: what also happens at an action. */
const shopOf = (
  on: Readonly<Record<string, () => void>>,
  broken: Awaited<ReturnType<DemoClient['view']>>['broken'] = [],
) => {
  const acts: string[] = []
  const demo: DemoClient = {
    view: async () => ({ actions: [], broken, urls: { order: '', console: null } }),
    act: async (id) => {
      acts.push(id)
      on[id]?.()
      return { text: `${id}.`, orderIds: id.startsWith('order-') ? ['an order'] : [], lookAt: null }
    },
    order: async () => ({ status: 'fulfilled', settled: true, cancellation: null, payment: { status: 'captured' } }),
    diagnoses: async () => [],
  }
  const interrupted = new AbortController()
  const lines: string[] = []
  const play = () => playTour(demo, { print: (line) => lines.push(line), signal: interrupted.signal })
  return { play, acts, lines, interrupt: () => interrupted.abort(new Error('interrupted')) }
}

test('the tour stops payment, and starts it again', async () => {
  const { play, acts, lines } = shopOf({})
  await play()
  expect(acts.slice(-3)).toEqual(['stop-payment', 'order-fulfilled', 'start-payment'])
  expect(lines.at(-1)).toMatch(/It has waited: fulfilled$/)
})

test('payment is started again if the tour is interrupted, or if the stop was not answered', async () => {
  const interrupted = shopOf({ 'stop-payment': () => interrupted.interrupt() })
  await expect(interrupted.play()).rejects.toThrow('interrupted')
  const unanswered = shopOf({
    'stop-payment': () => {
      throw new Error('no answer')
    },
  })
  await expect(unanswered.play()).rejects.toThrow('no answer')
  for (const { acts } of [interrupted, unanswered]) expect(acts.slice(-2)).toEqual(['stop-payment', 'start-payment'])
})

test('a shop that is broken already is left as it is', async () => {
  const lookAt = { title: '', path: '/' }
  const { play, acts } = shopOf({}, [{ text: 'The gateway is down.', repair: 'start-gateway', lookAt }])
  await expect(play()).rejects.toThrow('The gateway is down. Repair it first: npm run demo -- start-gateway')
  expect(acts).toEqual([])
})
