/** The log while the broker is unavailable: few lines, with advice. */
import { OwnedByAnotherDatabase } from '@quadrille/messaging'
import { pino } from 'pino'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { reportBroker } from '../../src/runtime/broker-report.ts'
import { aDelivery } from '../delivery/a-delivery.ts'
import { post } from '../post.ts'

const url = 'amqp://ada:secret@127.0.0.1:5999/shop'
const unreachable = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5999'), { code: 'ECONNREFUSED' })
const wrongPassword = new Error(
  'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile."',
)

const lines: Record<string, unknown>[] = []
const report = () => {
  const log = pino({ level: 'info', base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  return reportBroker({ url, log, language: post })
}

beforeEach(() => {
  lines.length = 0
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
})

test('an outage is logged every 5 s in one line with the service and advice, without a stack trace', () => {
  const { onError } = report()
  for (let second = 0; second < 10; second += 1) {
    for (const service of ['counter', 'toll']) onError(unreachable, 'connect', { service })
    vi.advanceTimersByTime(1_000)
  }
  expect(lines).toHaveLength(2)
  expect(lines[0]).toEqual({
    level: 40,
    time: expect.any(Number),
    service: 'counter',
    step: 'connect',
    reason: 'ECONNREFUSED',
    msg: "RabbitMQ at 127.0.0.1:5999 can't be reached (ECONNREFUSED). Events wait in the outbox. Check AMQP_URL.",
  })
})

test('the end of an outage is logged once, at the same level, and a first connection is not', () => {
  const { onError, onConnected } = report()
  onConnected('counter')
  expect(lines).toEqual([])
  onError(unreachable, 'connect', { service: 'counter' })
  for (const service of ['toll', 'counter']) onConnected(service)
  expect(lines.slice(1)).toEqual([
    { level: 40, time: expect.any(Number), service: 'toll', msg: 'Connected to RabbitMQ at 127.0.0.1:5999 again.' },
  ])
  vi.advanceTimersByTime(5_000)
  onError(unreachable, 'connection', { service: 'counter' })
  onConnected('counter')
  expect(lines).toHaveLength(4)
})

test.each([
  { isFinal: true, remedy: 'stop the instances with the other database, and then restart this one.' },
  { isFinal: false, remedy: 'stop the instances with the other database.' },
])('queues of another database are reported with the remedy (final: $isFinal)', ({ isFinal, remedy }) => {
  report().onError(new OwnedByAnotherDatabase('another database has them', { isFinal }), 'connection', {
    service: 'toll',
  })
  const advice = `Use another virtual host in AMQP_URL, or ${remedy}`
  expect(lines).toEqual([
    expect.objectContaining({
      service: 'toll',
      msg: `RabbitMQ at 127.0.0.1:5999 is not used: another database has them. ${advice}`,
    }),
  ])
})

test('a wrong password is distinguished from an unavailable broker, and is not shown', () => {
  report().onError(wrongPassword, 'connect', { service: 'toll' })
  expect(lines).toEqual([
    expect.objectContaining({
      service: 'toll',
      msg: 'RabbitMQ at 127.0.0.1:5999 refuses the connection (ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN). Events wait in the outbox. Check AMQP_URL.',
    }),
  ])
  expect(JSON.stringify(lines)).not.toContain('secret')
})

test('failures of other steps name their service, and their message', () => {
  const { message } = aDelivery({
    type: 'Announce',
    headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
  })
  report().onError(new Error('no room'), 'park', { service: 'depot', queue: 'depot.inbox', message })
  expect(lines).toMatchObject([
    {
      ...{ service: 'depot', step: 'park', queue: 'depot.inbox', type: 'Announce' },
      ...{ messageId: 'a message', [post.subject.field]: 'a parcel', trace_id: 'a'.repeat(32) },
    },
  ])
})

test('only steps that are tried again are reported as such', () => {
  const { onError } = report()
  for (const step of ['retry', 'answer', 'reply', 'release']) onError(new Error('no room'), step, { service: 'depot' })
  expect(lines.map(({ step, msg }) => [step, msg])).toEqual([
    ['retry', 'a step at the broker failed and will be tried again'],
    ['answer', 'a step at the broker failed and will be tried again'],
    ['reply', 'a question was not answered'],
    ['release', 'the next start counts a crash for each message that was taken from the table retry'],
  ])
})
