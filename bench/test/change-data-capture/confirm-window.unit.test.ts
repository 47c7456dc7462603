import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ConfirmWindow } from '../../patterns/change-data-capture/relays/confirm-window.ts'

it('a position is confirmed only after all messages up to it', () => {
  const window = new ConfirmWindow()
  const [first, second, third] = [window.begin(), window.begin(), window.begin()]
  window.send(first, 1)
  window.send(second, 2)
  window.send(second, 3)
  for (const [transaction, lsn] of [
    [first, '0/1'],
    [second, '0/2'],
  ] as const)
    transaction.commitLsn = lsn
  window.confirm(second)
  window.confirm(second)
  expect(window.takeFinished()).toBeNull()
  window.confirm(first)
  expect(window.takeFinished()).toEqual({ lsn: '0/2', seqs: [1, 2, 3] })
  expect(window.takeFinished()).toBeNull()
  third.commitLsn = '0/3'
  expect(window.takeFinished()).toEqual({ lsn: '0/3', seqs: [] })
})

it('with any order of confirms, each message is finished once and in the order of the commits', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4), { maxLength: 20 }), fc.infiniteStream(fc.nat()), (sizes, random) => {
      const window = new ConfirmWindow()
      let seq = 0
      const sent = sizes.flatMap((size, index) => {
        const transaction = window.begin()
        const seqs = Array.from({ length: size }, () => seq++)
        for (const one of seqs) window.send(transaction, one)
        transaction.commitLsn = `0/${index}`
        return seqs.map(() => transaction)
      })
      const finished: number[] = []
      const take = () => finished.push(...(window.takeFinished()?.seqs ?? []))
      take()
      while (sent.length > 0) {
        const [transaction] = sent.splice((random.next().value ?? 0) % sent.length, 1)
        if (transaction) window.confirm(transaction)
        take()
      }
      expect(finished).toEqual(Array.from({ length: seq }, (_, index) => index))
      expect(window.inFlight).toBe(0)
    }),
  )
})
