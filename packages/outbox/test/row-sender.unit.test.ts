import { randomUUID } from 'node:crypto'
import { type Publisher, Unsendable } from '@quadrille/messaging'
import { usedHeap } from '@quadrille/testing/used-heap'
import { expect, it } from 'vitest'
import type { OutboxRow } from '../src/outbox.ts'
import { RowSender } from '../src/row-sender.ts'

const aSender = (publish: Publisher['publish'], onEnd: () => void = () => undefined) =>
  new RowSender({
    publisher: { publish, waitingFor: () => null, outboxAsQueue: null },
    ...{ service: 'diver', leaseMs: 5_000, onError: () => undefined },
    ...{ onSend: () => onEnd, onOutcome: () => undefined },
  })

it('a row that was deleted while a sweep read the table is not sent again', async () => {
  const sent: string[] = []
  const sender = aSender(async (_, { id: sentId }) => void sent.push(sentId))
  const id = randomUUID()
  const row = aRow(id)
  const swept = () => new Promise<void>((resolve) => sender.sendAll([row], 'sweep', () => resolve()))
  await swept()
  sender.sweepBegins() // it reads the row, whose lease has expired
  sender.forget(sender.takeConfirmed()) // after its deletion
  await swept()
  expect(sent).toEqual([id])
  sender.sweepBegins() // it finds the row, because the deletion has failed
  await swept()
  expect(sent).toEqual([id, id])
})

it('a publisher that throws for a row does not keep it or the following rows from ending', async () => {
  const ids = [1, 2, 3].map(() => randomUUID())
  const ended: string[] = []
  const publish: Publisher['publish'] = (_, { id }) => {
    if (id === ids[1]) throw new Error('a fault of the publisher')
    return Promise.resolve()
  }
  const { promise: allEnded, resolve: onEnd } = Promise.withResolvers<void>()
  const sender = aSender(publish, onEnd)
  const rows = ids.map((id, index) => aRow(id, index + 1))
  sender.sendAll(rows, 'handoff', ({ id }) => void ended.push(id))
  await allEnded
  expect(ended.toSorted()).toEqual(ids.toSorted())
  expect(sender.takeConfirmed()).toMatchObject([{ seq: 1 }, { seq: 3 }])
  expect(sender.inFlight()).toMatchObject([{ seq: 1 }, { seq: 3 }]) // until they are deleted
})

it('rows that were refused are settled in parts, because each may have the maximum size of a message', async () => {
  const sender = aSender(() => Promise.reject(new Unsendable('it no longer exists')))
  const rows = [1, 2, 3].map((seq) => aRow(randomUUID(), seq))
  sender.sendAll(rows, 'sweep', () => undefined)
  await Promise.resolve()
  const taken = [2, 2, 2].map((limit) => sender.takeRefused(limit).map(({ row }) => row))
  expect(taken).toEqual([rows.slice(0, 2), rows.slice(2), []])
})

it('a row is released when it is confirmed, also before its deletion', async () => {
  const sender = aSender(async () => undefined)
  const send = async () => {
    const row = aRow(randomUUID())
    await new Promise<void>((resolve) => sender.sendAll([row], 'handoff', () => resolve()))
    return new WeakRef(row)
  }
  const sent = await send()
  await expect.poll(() => usedHeap() > 0 && sent.deref() === undefined).toBe(true)
  expect(sender.inFlight()).toMatchObject([{ seq: 1 }])
})

const aRow = (id: string, seq = 1): OutboxRow => ({
  ...{ seq, id, type: 'Dive', subject: randomUUID(), body: '{}', crashes: 0 },
  ...{ traceparent: undefined, createdAt: new Date('2026-01-01T12:00:00Z') },
  to: { exchange: 'diver.direct', routingKey: 'diver.inbox' },
})
