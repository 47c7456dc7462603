/** The pages of a service's documentation, as HTML. */
import { allProblemKinds } from '../problem-kinds.ts'

export interface Site {
  readonly service: string
  /** The pages link to it. */
  readonly consoleUrl: string | undefined
}

interface Page {
  readonly title: string
  /** The path from the page to the root of the service. It is relative, because a service may be served below a prefix. */
  readonly root: '.' | '..'
  /** Files in /docs. */
  readonly styles?: readonly string[]
  readonly scripts?: readonly { readonly file: string; readonly isModule?: boolean }[]
  /** HTML. */
  readonly main: string
}

/** `/` */
export const homePage = (site: Site): string =>
  page(site, {
    title: 'Home',
    root: '.',
    main: `<main class="text">
<h1>The ${site.service} service</h1>
<p>It runs. Programs use its HTTP API, and other services its events.</p>
<ul>
${site.consoleUrl === undefined ? '' : `<li><a href="${attribute(site.consoleUrl)}">The console</a>: watch what all services do, and repair what has failed</li>\n`}<li><a href="./docs">HTTP API</a>: its routes, with a form to try each</li>
<li><a href="./docs/events">Events</a>: its messages, with their schemas</li>
<li><a href="./docs/problems">Problems</a>: its errors, and the remedy for each</li>
</ul>
</main>`,
  })

/** `/docs` */
export const httpPage = (site: Site): string =>
  page(site, {
    title: 'HTTP API',
    root: '.',
    styles: ['swagger-ui.css'],
    scripts: [{ file: 'swagger-ui.js' }, { file: 'http.js' }],
    main: '<div id="reference"></div>', // Swagger UI has a main element of its own
  })

/** `/docs/events` */
export const eventsPage = (site: Site): string =>
  page(site, {
    title: 'Events',
    root: '..',
    styles: ['asyncapi.css'],
    scripts: [{ file: 'no-eval.js' }, { file: 'asyncapi.js' }, { file: 'events.js', isModule: true }],
    main: '<main id="reference"></main>',
  })

/** `/docs/problems`: a section for each `type`, which links to it. */
export const problemsPage = (site: Site): string =>
  page(site, {
    title: 'Problems',
    root: '..',
    main: `<main class="text">
<h1>Problems</h1>
<p>The body of an error response is <code>application/problem+json</code> (RFC 9457). <code>type</code> links to a section of this page, and <code>detail</code> describes the error in the request. Requests that are not HTTP (400), do not arrive in time (408) or have headers that are too large (431) get a response without a body.</p>
${allProblemKinds
  .map(
    ({ kind, status, title, when, remedy }) => `<section id="${kind}">
<h2>${status} <code>${kind}</code></h2>
<p><strong>${title}.</strong> ${html(when)}</p>
<p>${html(remedy)}</p>
</section>`,
  )
  .join('\n')}
</main>`,
  })

/** Renders text with code in backticks. */
const html = (text: string): string => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

const attribute = (text: string): string => escaped(text).replaceAll('"', '&quot;')

const page = ({ service, consoleUrl }: Site, { title, root, styles = [], scripts = [], main }: Page): string => {
  const link = (path: string, text: string) =>
    `<a href="${root}/${path}"${text === title ? ' aria-current="page"' : ''}>${text}</a>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${service} · Quadrille</title>
<link rel="icon" href="data:,">
${['docs.css', ...styles].map((file) => `<link rel="stylesheet" href="${root}/docs/${file}">`).join('\n')}
</head>
<body>
<nav>
<strong>Quadrille: ${service}</strong>
${consoleUrl === undefined ? '' : `<a href="${attribute(consoleUrl)}">Console</a>\n`}${link('docs', 'HTTP API')}
${link('docs/events', 'Events')}
${link('docs/problems', 'Problems')}
${link('openapi.json', 'openapi.json')}
${link('asyncapi.json', 'asyncapi.json')}
</nav>
${main}
${scripts.map(({ file, isModule }) => `<script src="${root}/docs/${file}"${isModule ? ' type="module"' : ''}></script>`).join('\n')}
</body>
</html>
`
}
