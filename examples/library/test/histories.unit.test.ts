/** Every loan ends, and copies and money add up, if messages arrive in any order and repeatedly. */
import { sized } from '@quadrille/testing'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { draft } from '../src/language/library.ts'
import { isSettled } from '../src/loans/loan.ts'
import { openLibrary } from './in-memory.ts'
import { play, routed, sealed } from './play.ts'

const isbn = '9780141439518'
const deposit = 500

const request = fc.record({
  loanId: fc.uuid({ version: 4 }),
  memberId: fc.constantFrom('ada', 'grace', 'broke', 'flaky'),
})
const plan = fc.record({
  copies: fc.nat(2),
  requests: fc.uniqueArray(request, { minLength: 1, maxLength: 5, selector: ({ loanId }) => loanId }),
  hasInbox: fc.boolean(),
})
const draws = fc.noShrink(fc.infiniteStream(fc.nat(9_999), { noHistory: true }))

it('settles each loan, with one answer from each service', async () => {
  await fc.assert(
    fc.asyncProperty(plan, draws, async ({ copies, requests, hasInbox }, random) => {
      const world = openLibrary([{ isbn, copies, taken: 0 }])
      const options = { hasInbox, next: () => random.next().value ?? 0 }
      const loanIds = requests.map(({ loanId }) => loanId)
      const submitted = requests.map((asked) => sealed(draft('LoanSubmitted', { ...asked, isbn, deposit })))
      const returns = (ids: readonly string[]) => ids.map((loanId) => ({ returns: loanId }))

      const pending = [...submitted.flatMap((message) => routed(message, 'loans')), ...returns(loanIds)]
      const sent = await play(world, pending, options)

      const lent = loanIds.filter((loanId) => world.loans.get(loanId)?.status === 'confirmed')
      for (const loanId of lent) expect(world.ledger.get(loanId)).toEqual({ amount: deposit, refunds: 0 })
      sent.push(...(await play(world, returns(lent), options)))

      for (const loanId of loanIds) {
        const loan = world.loans.get(loanId)
        expect(loan && isSettled(loan)).toBe(true)
        const types = sent.filter(({ subject }) => subject === loanId).map(({ type }) => type)
        for (const once of ['LoanClosed', 'CopyReleased', 'DepositReturned'])
          expect(types.filter((type) => type === once)).toEqual([once])
        const { amount, refunds } = world.ledger.get(loanId) ?? { amount: 0, refunds: 0 }
        expect(refunds).toBe(amount > 0 ? 1 : 0)
      }
      expect(world.catalog.books.get(isbn)?.taken).toBe(0)
    }),
    { numRuns: sized({ quick: 300, full: 3_000 }) },
  )
})
