/** Each task, performed in memory: its outcome, and one effect at the external system if it runs again. */
import { TaskError } from '@quadrille/service'
import { expect, it } from 'vitest'
import { draft } from '../src/language/library.ts'
import { openLibrary } from './in-memory.ts'
import { sealed } from './play.ts'

const loanId = '0198c5f0-5a4b-7cc3-9d5e-3b1f0c2d4e6f'
const moneyOf = (memberId: string) => ({ loanId, memberId, amount: 500 })

it.each([
  ['ada', 'DepositCharged'],
  ['broke', 'DepositDeclined'],
])('charges %s: %s', async (memberId, outcome) => {
  const { perform } = openLibrary([])
  expect(await perform(sealed(draft('ChargeDeposit', moneyOf(memberId))))).toMatchObject([{ type: outcome }])
})

it('throws while the outcome is unknown, and charges once', async () => {
  const { perform, ledger } = openLibrary([])
  const charge = sealed(draft('ChargeDeposit', moneyOf('flaky')))
  await expect(perform(charge)).rejects.toThrow(TaskError)
  expect(await perform(charge)).toMatchObject([{ type: 'DepositCharged' }])
  expect(ledger.get(loanId)).toEqual({ amount: 500, refunds: 0 })
})

it('refunds once', async () => {
  const { perform, ledger } = openLibrary([])
  await perform(sealed(draft('ChargeDeposit', moneyOf('ada'))))
  const refund = sealed(draft('RefundDeposit', moneyOf('ada')))
  for (const _ of [1, 2]) expect(await perform(refund)).toMatchObject([{ type: 'DepositRefunded' }])
  expect(ledger.get(loanId)).toEqual({ amount: 500, refunds: 1 })
})
