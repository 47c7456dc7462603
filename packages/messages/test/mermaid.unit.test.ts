import { describe, expect, it } from 'vitest'
import { flowchart, stateDiagram } from '../src/generate/index.ts'
import { services } from './library.ts'

describe('the diagrams', () => {
  it('have an arrow for each pair of services', () => {
    const { desk, stacks } = services
    expect(flowchart({ desk, stacks }).split('\n')).toEqual([
      '```mermaid',
      'flowchart LR',
      '  desk([desk])',
      '  stacks([stacks])',
      '  desk -- "LoanRequested<br/>LoanClosed" --> stacks',
      '  stacks -- "BooksLent<br/>LoanRefused" --> desk',
      '```',
    ])
  })

  it('have an arrow for each transition', () => {
    const lifecycle = { requested: { LoanRefused: 'closed', LoanReturned: 'closed' }, closed: null }
    expect(stateDiagram(lifecycle, 'requested').split('\n')).toEqual([
      '```mermaid',
      'stateDiagram-v2',
      '  [*] --> requested',
      '  requested --> closed: LoanRefused, LoanReturned',
      '  closed --> [*]',
      '```',
    ])
  })
})
