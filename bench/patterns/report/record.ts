/** The record of a run, kept by `--write`, so that its page can be checked and written again without a new run. */
import type { Header } from '../../src/results/result.ts'
import type { Results } from '../comparison.ts'

export interface RunRecord {
  readonly header: Omit<Header, 'args'>
  readonly results: Results
}
