/** The files that are generated from the definitions of all services. */
import { configurationPage } from './configuration/page.ts'
import { consoleTypes } from './console-types/file.ts'
import { eventsPage } from './reference/events.ts'
import { metricsPage } from './reference/metrics.ts'
import { problemsPage } from './reference/problems.ts'

/** Their texts by their paths in the repository. */
export const pageFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ['docs/configuration.md', configurationPage()],
    ['console/src/page/api/types.ts', consoleTypes()],
    ['docs/reference/events.md', eventsPage()],
    ['docs/reference/metrics.md', metricsPage()],
    ['docs/reference/problems.md', problemsPage()],
  ])
