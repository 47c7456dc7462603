/** The pages in docs/reference, by their file names. */
import { eventsPage } from './events.ts'
import { page } from './markdown.ts'
import { metricsPage } from './metrics.ts'
import { problemsPage } from './problems.ts'

export const referencePages = (): ReadonlyMap<string, string> =>
  new Map([
    ['README.md', indexPage()],
    ['events.md', eventsPage()],
    ['metrics.md', metricsPage()],
    ['problems.md', problemsPage()],
  ])

const indexPage = (): string =>
  page('Reference', [
    'Everything here is generated from the code, and a test fails while a page is out of date.',
    [
      '- [Events](events.md): the meaning, fields and an example of each, and its [AsyncAPI document](../asyncapi.yaml)',
      '- [Choreography](../choreography.md): publishers and consumers of each event, with diagrams',
      '- [Problems](problems.md): the error responses of the services',
      '- [Metrics](metrics.md): names, types and labels',
      '- [Configuration](../configuration.md): every variable with its default',
      '- `/docs` of each running service: its HTTP API and the events, rendered; `/openapi.json` and `/asyncapi.json` are the documents',
    ].join('\n'),
  ])
