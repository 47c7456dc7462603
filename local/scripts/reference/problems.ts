/** The page docs/reference/problems.md. */
import { allProblemKinds, problemType } from '@quadrille/service/tools'
import { code, page, table } from './markdown.ts'

export const problemsPage = (): string =>
  page('Problems', [
    'The body of an error response is `application/problem+json` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)). `type` identifies the kind of problem and never changes. It is a path on the service, which serves this page at `/docs/problems`. `title` and `status` depend on the kind only; `detail` describes the error in the request. Requests that are not HTTP (400), do not arrive in time (408) or have headers that are too large (431) get a response without a body.',
    table(
      ['status', 'kind'],
      allProblemKinds.map(({ kind, status }) => [String(status), `[${code(kind)}](#${kind})`]),
    ),
    ...allProblemKinds.map(({ kind, status, title, when, remedy }) =>
      [`## ${kind}`, `${code(problemType(kind))}, status ${status}: “${title}”`, when, remedy].join('\n\n'),
    ),
  ])
