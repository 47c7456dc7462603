/** The reports of an outage of an external system: its present error, in the log and for each task that waits. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Breaker } from '../../src/delivery/breaker.ts'
import { watchExternalSystem } from '../../src/delivery/circuits.ts'
import { Incoming } from '../../src/delivery/incoming.ts'
import type { Outcome } from '../../src/delivery/outcome.ts'
import { breakCircuit } from '../../src/delivery/policies/break-circuit.ts'
import { createLogger } from '../../src/telemetry/log.ts'
import { post } from '../post.ts'
import { aDelivery } from './a-delivery.ts'

const noAnswer = 'the external system of this queue does not answer'

let lines: { msg: string; err: { message: string } }[]
let breaker: Breaker

beforeEach(() => {
  vi.useFakeTimers()
  lines = []
  const log = createLogger('warn', post, { write: (line) => void lines.push(JSON.parse(line)) })
  breaker = watchExternalSystem(log, 'tracker.tasks')
})
afterEach(() => {
  vi.useRealTimers()
})

const fail = (text: string, subject = '') => breaker.admit()?.failed({ subject, error: new Error(text) })
const open = (text: string) => {
  for (const subject of ['1', '2', '3', '4', '5']) fail(text, subject)
}
/** The outcome of a task that is not tried. */
const wait = async (): Promise<Outcome | undefined> =>
  (await breakCircuit(breaker)(async () => [])([new Incoming(aDelivery(), post)])).at(0)

it('a task that waits has the error of the last try, not that of the first one', async () => {
  open('connect ECONNREFUSED')
  const first = await wait()
  expect(first).toMatchObject({
    status: 'not_now',
    error: { message: 'The external system of this queue is down: connect ECONNREFUSED' },
  })
  expect(await wait()).toBe(first) // one for all tasks that wait
  vi.advanceTimersByTime(1_000)
  fail('535 login refused')
  expect(await wait()).toMatchObject({ error: { message: expect.stringMatching(/: 535 login refused$/) } })
})

it('each error of an outage is logged once a minute', () => {
  open('connect ECONNREFUSED')
  for (let second = 0; second < 50; second += 1) {
    vi.advanceTimersByTime(1_000)
    fail('connect ECONNREFUSED')
  }
  expect(lines.map(({ err }) => err.message)).toEqual(['connect ECONNREFUSED'])
  vi.advanceTimersByTime(10_000)
  fail('connect ECONNREFUSED')
  expect(lines).toHaveLength(2)
  vi.advanceTimersByTime(10_000)
  fail('535 login refused')
  expect(lines.map(({ msg, err }) => [msg, err.message])).toEqual([
    [`${noAnswer}: its tasks wait, and one is tried from time to time`, 'connect ECONNREFUSED'],
    [`${noAnswer}: another try has failed`, 'connect ECONNREFUSED'],
    [`${noAnswer}: another try has failed`, '535 login refused'],
  ])
})

it('an open circuit no longer counts as blocking when its tasks have moved to another instance', () => {
  expect(breaker.isBlocking()).toBe(false)
  open('connect ECONNREFUSED')
  vi.advanceTimersByTime(59_000)
  fail('connect ECONNREFUSED')
  vi.advanceTimersByTime(59_000)
  expect(breaker.isBlocking()).toBe(true)
  vi.advanceTimersByTime(2_000)
  expect(breaker.isBlocking()).toBe(false)
})
