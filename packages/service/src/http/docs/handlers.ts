/**
 * Serves the documents that describe a service, and pages that show them. Each is read or created at the first request
 * and then cached, at most about 5 MB in total. The pages load nothing from other hosts.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { RequestHandler } from 'express'
import type { Bounds } from '../bounds.ts'
import { cachedCall } from '../cached-call.ts'
import { problemsPath } from '../problem-kinds.ts'
import { eventsScript, httpScript, noEvalScript, styles } from './browser.ts'
import { eventsPage, homePage, httpPage, problemsPage, type Site } from './pages.ts'

export interface Documents extends Site {
  readonly openApi: () => object
  readonly asyncApi: () => Promise<object>
}

interface Content {
  readonly type: string
  readonly headers?: Readonly<Record<string, string>>
  readonly read: () => string | Promise<string | Buffer>
}

export const docsHandlers = (documents: Documents, { trackUnread }: Bounds): Record<string, RequestHandler> =>
  Object.fromEntries(
    Object.entries(contents(documents)).map(([path, content]) => {
      const read = cachedCall(async () => content.read(), Number.POSITIVE_INFINITY)
      const handler: RequestHandler = async (_request, response) => {
        const body = await read()
        response.set({ ...content.headers, 'content-type': content.type }).send(body)
        trackUnread(response)
      }
      return [path, handler]
    }),
  )

/** Shows browsers at `/` the way to the console and to the pages. Other clients get 404. */
export const homeHandler = (site: Site, { trackUnread }: Bounds): RequestHandler => {
  const body = homePage(site)
  return (request, response, next) => {
    if (request.accepts(['application/json', 'text/html']) !== 'text/html') return next()
    response.set({ ...policy, vary: 'accept', 'content-type': html }).send(body)
    trackUnread(response)
  }
}

const contents = ({ service, consoleUrl, openApi, asyncApi }: Documents): Record<string, Content> => ({
  '/openapi.json': { type: json, read: () => JSON.stringify(openApi()) },
  '/asyncapi.json': { type: json, read: async () => JSON.stringify(await asyncApi()) },
  '/docs': { type: html, headers: policy, read: () => httpPage({ service, consoleUrl }) },
  '/docs/events': { type: html, headers: policy, read: () => eventsPage({ service, consoleUrl }) },
  [problemsPath]: { type: html, headers: policy, read: () => problemsPage({ service, consoleUrl }) },
  '/docs/docs.css': { type: css, headers: cached, read: () => styles },
  '/docs/http.js': { type: javascript, headers: cached, read: () => httpScript },
  '/docs/no-eval.js': { type: javascript, headers: cached, read: () => noEvalScript },
  '/docs/events.js': { type: javascript, headers: cached, read: () => eventsScript },
  '/docs/swagger-ui.css': file(css, () => import.meta.resolve('swagger-ui-dist/swagger-ui.css')),
  '/docs/swagger-ui.js': file(javascript, () => import.meta.resolve('swagger-ui-dist/swagger-ui-bundle.js')),
  '/docs/asyncapi.css': file(css, () => import.meta.resolve('@asyncapi/react-component/styles/default.min.css')),
  '/docs/asyncapi.js': file(javascript, () =>
    import.meta.resolve('@asyncapi/react-component/browser/standalone/without-parser.js'),
  ),
})

const html = 'text/html; charset=utf-8'
const json = 'application/json; charset=utf-8'
const css = 'text/css; charset=utf-8'
const javascript = 'text/javascript; charset=utf-8'

/** A page may load its files and the documents from this service, and show embedded images. */
const policy = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

/** For files that change only with the version of the service. */
const cached = { 'cache-control': 'max-age=3600' }

const file = (type: string, url: () => string): Content => ({
  type,
  headers: cached,
  read: () => readFile(fileURLToPath(url())),
})
