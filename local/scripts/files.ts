/** The files that are generated from the definitions of all services. */
import { configurationPage } from './configuration/page.ts'
import { consoleTypes } from './console-types/file.ts'
import { referencePages } from './reference/pages.ts'

/** Their texts by their paths in the repository. */
export const pageFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ['docs/configuration.md', configurationPage()],
    ['console/src/page/api/types.ts', consoleTypes()],
    ...[...referencePages()].map(([name, text]) => [`docs/reference/${name}`, text] as const),
  ])
