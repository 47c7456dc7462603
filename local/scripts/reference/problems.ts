/** The page docs/reference/problems.md. */
import { allProblemKinds, problemType } from '@quadrille/service'
import { code, page, table } from './markdown.ts'

export const problemsPage = (): string =>
  page('Problems', [
    'A service answers an error with `application/problem+json` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)). `type` names the kind of problem and never changes. It is a path on the service that answered, where `/docs/problems` shows this page. `title` and `status` follow from the kind; `detail` describes what was wrong with the request.',
    table(
      ['status', 'kind'],
      allProblemKinds.map(({ kind, status }) => [String(status), `[${code(kind)}](#${kind})`]),
    ),
    ...allProblemKinds.map(({ kind, status, title, when, remedy }) =>
      [`## ${kind}`, `${code(problemType(kind))}, status ${status}: “${title}”`, when, remedy].join('\n\n'),
    ),
  ])
