/** A task that fails because a concurrent transaction has interfered with its own. */
import { openDatabase } from '@quadrille/postgres'
import { noon } from '@quadrille/testing'
import { expect, inject, it, onTestFinished } from 'vitest'
import { conflictTries } from '../../src/core/retry-conflicts.ts'
import { Incoming } from '../../src/delivery/incoming.ts'
import { performTasks } from '../../src/delivery/perform-tasks.ts'
import { draft, post, seal } from '../post.ts'
import { aParcelOf } from '../tally/tracker.ts'
import { aDelivery } from './a-delivery.ts'

const { parcelId, sender, weight } = aParcelOf('sender')
const announce = seal(draft('Announce', { parcelId, sender, weight, occasion: 'parcel_sent' }), {
  service: 'tracker',
  now: noon,
})

const openServer = () => {
  const options = { url: inject('postgresUrl'), applicationName: 'test', max: 1, onIdleError: () => undefined }
  const server = openDatabase(options)
  onTestFinished(() => server.end())
  return server
}

it('has no attempt counted for the first conflicts, although it has waited for its circuit before', async () => {
  const server = openServer()
  const deadlock = async () => {
    await server.query("do $$ begin raise exception 'a deadlock' using errcode = '40P01'; end $$")
    return null
  }
  const { perform } = performTasks({
    language: post,
    service: 'tracker',
    tasks: new Map([['Announce', { perform: deadlock }]]),
    reactor: async () => [],
    tracing: { process: () => undefined },
    availability: { recordError: () => undefined },
    now: () => noon,
    aborting: new AbortController().signal,
  })
  const task = new Incoming(aDelivery({ id: announce.id, body: Buffer.from(JSON.stringify(announce)) }), post)
  task.backoffs = 10
  for (let tries = 1; tries < conflictTries; tries += 1)
    expect(await perform([task])).toMatchObject([{ status: 'not_now', error: { message: 'a deadlock' } }])
  expect(await perform([task])).toMatchObject([{ status: 'failed', error: { message: 'a deadlock' } }])
})
