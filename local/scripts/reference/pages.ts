/** The pages in docs/reference, by their file names. */
import { metricsPage } from './metrics.ts'
import { problemsPage } from './problems.ts'

export const referencePages = (): ReadonlyMap<string, string> =>
  new Map([
    ['metrics.md', metricsPage()],
    ['problems.md', problemsPage()],
  ])
