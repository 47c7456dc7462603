/** How the stream of the order service is followed, with a clock of its own. */
import { waitFor } from '@quadrille/testing/waiting'
import { expect, onTestFinished, test } from 'vitest'
import { followUpstream } from '../src/server/live/upstream.ts'
import { listening } from './running-console.ts'

const ignore = () => undefined

/** The Last-Event-ID of each attempt after the first, of which the last succeeds. `laterMs` is the time between two attempts. */
const resumptions = async (laterMs: number): Promise<(string | undefined)[]> => {
  const ids: (string | undefined)[] = []
  let nowMs = 0
  let attempts = 0
  const url = await listening(({ headers, socket }, response) => {
    attempts += 1
    nowMs += laterMs
    if (attempts > 1) ids.push(headers['last-event-id'] as string | undefined)
    if (attempts === 2 || attempts === 3) return void socket.destroy()
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('id: 7\n\n')
    if (attempts === 1) setImmediate(() => socket.end())
  })
  const upstream = followUpstream({ url, onData: ignore, onOutage: ignore, nowMs: () => nowMs, random: () => 0 })
  onTestFinished(upstream.stop)
  await waitFor(() => expect(ids).toHaveLength(3))
  return ids
}

test('after a short outage the stream continues where it ended', async () => {
  expect(await resumptions(20_000)).toEqual(['7', '7', '7'])
})

test('after an outage of more than a minute it continues with new events, in spite of attempts in between', async () => {
  expect(await resumptions(40_000)).toEqual(['7', '7', undefined])
})
