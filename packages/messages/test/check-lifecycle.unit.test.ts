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
  it('reports nothing if every state is reachable and can be left', () => {
    expect(checkLifecycle(lifecycle, start, desk)).toEqual([])
  })

  it('reports a state without transitions', () => {
    const stuck: Lifecycle = { ...lifecycle, lent: {} }
    expect(checkLifecycle(stuck, start)).toContain('The state lent has no transition to another state.')
  })

  it('reports a state whose only transition leads to itself', () => {
    const stuck: Lifecycle = { ...lifecycle, lent: { LoanReturned: 'lent' } }
    expect(checkLifecycle(stuck, start)).toContain('The state lent has no transition to another state.')
  })

  it('reports a state that cannot be reached', () => {
    const unreachable: Lifecycle = { ...lifecycle, lost: { LoanReturned: 'closed' } }
    expect(checkLifecycle(unreachable, start)).toEqual(['The state lost cannot be reached from requested.'])
  })

  it('reports an endless cycle', () => {
    const cycle: Lifecycle = { requested: { BooksLent: 'lent' }, lent: { LoanReturned: 'requested' } }
    expect(checkLifecycle(cycle, start)).toEqual([
      'No terminal state can be reached from requested.',
      'No terminal state can be reached from lent.',
    ])
  })

  it('reports a state that is used but not defined', () => {
    const incomplete: Lifecycle = { requested: { BooksLent: 'lent', LoanRefused: 'closed' }, closed: null }
    expect(checkLifecycle(incomplete, start)).toContain('The state lent is not defined.')
  })

  it('reports a transition by a message that the service does not receive', () => {
    const withoutRefusal = { ...desk, consumes: desk.consumes.filter((type) => type !== 'LoanRefused') }
    expect(checkLifecycle(lifecycle, start, withoutRefusal)).toEqual([
      'desk does not receive LoanRefused, which causes a transition from requested.',
    ])
  })
})
