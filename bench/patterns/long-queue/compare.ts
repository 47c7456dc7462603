/** An inbox whose consumer was down for a long time: a million events wait, and then it catches up. */
import { setTimeout as pause } from 'node:timers/promises'
import { amqpBroker } from '@quadrille/messaging'
import { waitUntil } from '@quadrille/testing/waiting'
import { connect } from 'amqplib'
import { kindsOf } from '../../src/measure/cpu.ts'
import type { Broker } from '../../src/systems/broker.ts'
import { startForked } from '../../src/systems/forked.ts'
import type { Comparison, Results } from '../comparison.ts'
import { startCpuMeter } from '../cpu-meter.ts'
import { noStores } from '../no-stores.ts'
import type { Taken } from './consumer.ts'
import { sizeOnDisk } from './disk.ts'
import { fill } from './fill.ts'
import { consumer, inbox, publisher } from './inbox.ts'
import { chartOf, type Phase, tableOf } from './results.ts'
import { startSampling } from './samples.ts'

interface Options {
  readonly broker: Broker
  /** The URL of an empty virtual host. */
  readonly url: string
  readonly count: number
  /** The pauses before, between and after, ms. */
  readonly restMs: number
  readonly log: (line: string) => void
}

export const compareLongQueue: Comparison = async ({ servers, quick, log }) => {
  const broker = await servers.broker()
  const vhost = await broker.createVhost()
  try {
    return await measure({ broker, url: vhost.url, log, ...(quick ? small : large) })
  } finally {
    await vhost.drop()
  }
}

const small = { count: 5_000, restMs: 600 }
const large = { count: 1_000_000, restMs: 5_000 }

const measure = async ({ broker, url, count, restMs, log }: Options): Promise<Results> => {
  await using started = new AsyncDisposableStack()
  const services = await joinServices(url)
  started.defer(() => services.close())
  const connection = await connect(url)
  started.defer(() => connection.close())
  const channel = await connection.createChannel()
  const sampler = startSampling(channel, broker.pid)
  started.defer(() => sampler.stop())
  /** Starts a consumer of this many events, whose memory is sampled. */
  const startConsumer = (events: number) => {
    const { pid, next, kill } = startForked<never, Taken>(new URL('consumer.ts', import.meta.url), url, String(events))
    sampler.watchConsumer(pid)
    started.defer(kill)
    const done = next('taken')
    done.catch(() => undefined) // a run that fails kills the consumer without waiting for it
    return { pid, done, kill }
  }
  const kinds = kindsOf([
    [process.pid, 'services'],
    [broker.pid, 'broker'],
  ])
  const phases: Phase[] = []
  const phase = async (name: string, events: number, work: () => Promise<unknown>) => {
    log(name)
    const from = sampler.samples().length
    const read = startCpuMeter(kinds)
    await work()
    const cpu = read()
    phases.push({ name, events, cpu, samples: sampler.samples().slice(from), diskMb: sizeOnDisk(broker.pid) })
  }

  const idle = startConsumer(0)
  await idle.done
  await phase('empty inbox', 0, () => pause(restMs))
  await idle.kill()
  sampler.watchConsumer(null)
  await phase('publishing', count, () => fill(services.publisher, count))
  // an event that was published again may be in the inbox twice
  const waiting = async () => (await channel.checkQueue(inbox)).messageCount
  await waitUntil(async () => (await waiting()) >= count, { what: 'all events in the inbox' })
  await phase('waiting', 0, () => pause(restMs))
  const catchingUp = startConsumer(count)
  kinds.set(catchingUp.pid, 'other')
  await phase('catching up', count, () => catchingUp.done)
  await phase('empty again', 0, () => pause(restMs))
  await waitUntil(async () => (await waiting()) === 0, { what: 'an empty inbox' })
  return { tables: [tableOf(phases, await catchingUp.done)], charts: [chartOf(phases)] }
}

/** The publisher, and the consumer, which declares its inbox and does not consume it. */
const joinServices = async (url: string) => {
  const broker = amqpBroker(url, { onError: (error) => console.error(error) })
  const payment = broker.join(consumer, noStores)
  await waitUntil(() => payment.disconnected() === null, { what: 'the connection of the consumer' })
  const order = broker.join(publisher, noStores)
  await waitUntil(() => order.publisher.waitingFor() === null, { what: 'the connection of the publisher' })
  return { publisher: order.publisher, close: () => broker.close() }
}
