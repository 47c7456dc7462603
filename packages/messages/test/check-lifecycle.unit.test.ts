import { describe, expect, it } from 'vitest'
import { checkLifecycle, type Lifecycle } from '../src/index.ts'
import { services } from './library.ts'

const { desk } = services
const start = 'requested'
const lifecycle = {
  requested: { BooksLent: 'lent', LoanRefused: 'closed', LoanReturned: 'closed' },
  lent: { LoanReturned: 'closed' },
  closed: null,
} satisfies Lifecycle

describe('the check of a lifecycle', () => {
  it('finds no fault if every state is reached and left', () => {
    expect(checkLifecycle(lifecycle, start, desk)).toEqual([])
  })

  it('finds a state without an exit', () => {
    const stuck: Lifecycle = { ...lifecycle, lent: {} }
    expect(checkLifecycle(stuck, start)).toContain('The state lent has no exit.')
  })

  it('finds a state whose only exit leads to itself', () => {
    const stuck: Lifecycle = { ...lifecycle, lent: { LoanReturned: 'lent' } }
    expect(checkLifecycle(stuck, start)).toContain('The state lent has no exit.')
  })

  it('finds a state that cannot be reached', () => {
    const lonely: Lifecycle = { ...lifecycle, lost: { LoanReturned: 'closed' } }
    expect(checkLifecycle(lonely, start)).toEqual(["The state lost can't be reached from requested."])
  })

  it('finds an endless cycle', () => {
    const circle: Lifecycle = { requested: { BooksLent: 'lent' }, lent: { LoanReturned: 'requested' } }
    expect(checkLifecycle(circle, start)).toEqual([
      'No terminal state can be reached from requested.',
      'No terminal state can be reached from lent.',
    ])
  })

  it('finds a state that is named but not described', () => {
    const hole: Lifecycle = { requested: { BooksLent: 'lent', LoanRefused: 'closed' }, closed: null }
    expect(checkLifecycle(hole, start)).toContain('The state lent is not described.')
  })

  it('finds an exit by a message that the service does not receive', () => {
    const deaf = { ...desk, consumes: desk.consumes.filter((type) => type !== 'LoanRefused') }
    expect(checkLifecycle(lifecycle, start, deaf)).toEqual([
      "desk doesn't receive LoanRefused, an exit of the state requested.",
    ])
  })
})
