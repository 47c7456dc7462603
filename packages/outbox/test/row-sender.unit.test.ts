import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import type { OutboxRow } from '../src/outbox.ts'
import { RowSender } from '../src/row-sender.ts'

it('a row that was deleted while a sweep read the table is not sent again', async () => {
  const sent: string[] = []
  const publish = async (_: unknown, { id }: { readonly id: string }) => void sent.push(id)
  const sender = new RowSender({
    publisher: { publish, waitingFor: () => null, outboxAsQueue: null },
    ...{ service: 'diver', contentType: 'x', onError: () => undefined, onOverdue: () => undefined },
    ...{ onSend: () => () => undefined, onOutcome: () => undefined },
  })
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

const aRow = (id: string): OutboxRow => ({
  ...{ seq: 1, id, type: 'Dive', subject: randomUUID(), body: '{}', crashes: 0 },
  ...{ traceparent: undefined, createdAt: new Date('2026-01-01T12:00:00Z') },
  to: { exchange: 'diver.direct', routingKey: 'diver.inbox' },
})
