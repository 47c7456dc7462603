/** The pages in docs/reference, by their file names. */
import { eventsPage } from './events.ts'
import { metricsPage } from './metrics.ts'
import { problemsPage } from './problems.ts'

export const referencePages = (): ReadonlyMap<string, string> =>
  new Map([
    ['events.md', eventsPage()],
    ['metrics.md', metricsPage()],
    ['problems.md', problemsPage()],
  ])
