/** The documents match the code: the example, the diagram, and the targets of their links. */
import { existsSync, globSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { choreography, serviceNames } from '@quadrille/events'
import type { ServiceModel } from '@quadrille/messages'
import { notification } from '@quadrille/notification'
import { order } from '@quadrille/order'
import { readConfig } from '@quadrille/service'
import { expect, test } from 'vitest'
import { markdown, read, root } from './documents.ts'

/** The first block of this language on a page. */
const firstBlock = (language: string, path: string): string | undefined =>
  new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(read(path))?.[1]

/** The source text that defines metrics. */
const metrics = ['packages/service/src', ...serviceNames.map((name) => `services/${name}/src`)]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((path) => path.endsWith('.ts'))
  .map(read)
  .join()

/** The databases of `npm start` have names of the same form. */
const databases = serviceNames.map((service) => `quadrille_${service}`)

/** The volume of Postgres in Compose. */
const volume = 'quadrille_postgres'

test('the example of the README and of docs/add-a-service.md is the tested one', () => {
  const example = firstBlock('ts', 'README.md')
  expect(example).toBe(read('examples/loyalty/src/service.ts'))
  expect(firstBlock('ts', 'docs/add-a-service.md')).toBe(example)
  expect(example?.split('\n').length).toBeLessThan(40)
})

/** The lines of a text without indentation, because a block of a page may be an excerpt. */
const linesOf = (text: string): string => `\n${text.trim().replaceAll(/\s*\n\s*/g, '\n')}\n`

const library = globSync('examples/library/{src,test}/**/*.{ts,sql}', { cwd: root }).map((path) => linesOf(read(path)))
const blocks = [...read('docs/build-another-choreography.md').matchAll(/^```(?:ts|sql)\n(.*?)^```/gms)]

test.each(blocks.map(([, block = '']) => block))('the example contains this block of the page: %s', (block) => {
  expect(library.some((source) => source.includes(linesOf(block)))).toBe(true)
})

const exchanges = globSync('bench/patterns/exchanges/*.ts', { cwd: root }).map((path) => linesOf(read(path)))

test.each([...read('docs/exchanges.md').matchAll(/^```ts\n(.*?)^```/gms)].map(([, block = '']) => block))(
  'the example of an exchange is the tested one: %s',
  (block) => {
    expect(exchanges.some((source) => source.includes(linesOf(block)))).toBe(true)
  },
)

test('the diagram of the README is the generated one', () => {
  expect(firstBlock('mermaid', 'docs/choreography.md')).toMatch(/^flowchart /)
  expect(firstBlock('mermaid', 'README.md')).toBe(firstBlock('mermaid', 'docs/choreography.md'))
})

test.each(markdown)('the links of %s have a target', (path) => {
  const targets = [...read(path).matchAll(/\]\(([^)#]+?)(?:#[^)]*)?\)/g)].flatMap(([, target]) => target ?? [])
  const broken = targets.filter((target) => !/^https?:/.test(target) && !existsSync(join(root, dirname(path), target)))
  expect(broken).toEqual([])
})

/** The headings of a page, in the form of GitHub's anchors. */
const anchorsOf = (path: string): string[] =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

test.each(markdown)('the anchors in the links of %s exist', (path) => {
  const links = [...read(path).matchAll(/\]\(([^):]*?)#([^)]+)\)/g)]
  const broken = links.filter(([, target, anchor = '']) => {
    const page = target ? join(dirname(path), target) : path
    return page.endsWith('.md') && !anchorsOf(page).includes(anchor)
  })
  expect(broken.map(([link]) => link)).toEqual([])
})

test('the glossary has thirty to fifty terms, each with a place in the code', () => {
  const rows = [...read('docs/glossary.md').matchAll(/^\| \*\*(.+?)\*\* \| (.+) \| (.+) \|$/gm)]
  expect(rows.length).toBeGreaterThanOrEqual(30)
  expect(rows.length).toBeLessThanOrEqual(50)
  for (const [, term, meaning, code] of rows) {
    expect(meaning, term).toMatch(/^.{15,}$/)
    expect(code, term).toMatch(/^\[[^\]]+\]\(\.\.\/.+\)$/)
  }
})

test('the picture of the overview has the exchanges, databases and bindings of the model, and the queues that exist', () => {
  const picture = firstBlock('mermaid', 'docs/overview.md') ?? ''
  const services = Object.values<ServiceModel>(choreography)
  const ofNotification = notification.workQueues?.(notification.config.parse({})) ?? []
  const workQueues = services.flatMap(({ name, work }) =>
    name === 'notification' ? ofNotification : (work?.queues ?? []),
  )
  const queues = [...services.map(({ name }) => `${name}.inbox`), ...workQueues]
  const shown = picture.match(
    new RegExp(`\\b(${services.map(({ name }) => name).join('|')})\\.[a-z]+\\b(?!\\.retry)`, 'g'),
  )
  const others = ['payment.direct', 'inventory.direct', 'payment.inbox', 'payment.dead', 'notification.channels'] // not shown for all services
  expect(new Set(shown)).toEqual(new Set([...services.map(({ name }) => `${name}.events`), ...queues, ...others]))
  for (const name of databases) expect(picture).toContain(`"${name}<br/>`)
  for (const { name, publishes } of services) {
    const consumers = services.filter(({ consumes }) => consumes.some((type) => publishes.includes(type)))
    const [, inboxes = ''] = new RegExp(`${name}Events\\{\\{.+\\}\\} --> (.+)`).exec(picture) ?? []
    expect(inboxes.split(' & ').filter(Boolean).toSorted()).toEqual(
      consumers.map((consumer) => `${consumer.name}Inbox`).toSorted(),
    )
  }
})

test.each(markdown)('the metrics that %s names exist', (path) => {
  const text = read(path).replaceAll(/ was `quadrille_[a-z_]+`/g, '') // an earlier name
  const names = new Set(text.match(/\bquadrille_[a-z_]+/g))
  const missing = [...names].filter((name) => !metrics.includes(`'${name}'`) && ![...databases, volume].includes(name))
  expect(missing).toEqual([])
})

/** Messages of other programs that pages quote, and messages that the code composes. */
const notInOneSource = [
  'PRECONDITION_FAILED - inequivalent arg',
  'is not recognized as an internal or external command',
  '.quadrille is in use by process …',
  "RabbitMQ at … can't be reached",
  'is fulfilled, but its stock is reserved',
  'No space left on device',
  'range of CPUs is from 0.01 to 1.00',
]

/**
 * The messages that a page quotes: code of three words or more that is not a command. Figures and names in it may vary.
 */
const quotedMessages = (page: string): string[] =>
  [
    ...read(page)
      .replaceAll(/^ *```.*?^ *```/gms, '')
      .matchAll(/`([^`\n]+)`/g),
  ]
    .flatMap(([, span = '']) => span)
    .filter(
      (span) =>
        /^(?!docker |npm |node |apk |brew |chcon |createdb |rabbitmq(?:ctl|-plugins) )[\w.’…,' -]+$/.test(span) &&
        span.split(' ').length >= 3,
    )
    .filter((span) => !notInOneSource.includes(span))

const sources = globSync(
  '{run.mjs,packages/**/src/**/*.ts,services/**/src/**/*.ts,local/src/**/*.ts,bench/src/**/*.ts,tools/**/src/**/*.ts}',
  {
    cwd: root,
    exclude: ['**/node_modules'],
  },
)
  .map(read)
  .join('\n')

test.each(['alerts', 'audit', 'dead-letters', 'rabbitmq-problems', 'tracing', 'troubleshooting'])(
  'the messages that docs/%s.md quotes are in the code',
  (name) => {
    const messages = quotedMessages(`docs/${name}.md`)
    expect(messages).not.toEqual([])
    const isInCode = (message: string) =>
      message
        .split(/…|\b\w+\.(?:inbox|webhook)\b[\w.]*|\b\d+\b|^[A-Z]\w+(?= is in no trace)/)
        .every((part) => sources.includes(part.trim()))
    const missing = messages.filter((message) => !isInCode(message))
    expect(missing).toEqual([])
  },
)

test.each(['docs/limits.md', 'docs/request-reply.md'])('%s says how long an order waits for inventory', (path) => {
  const { ORDER_CHECK_TIMEOUT_MS: waitsMs } = readConfig(order.config, {})
  expect(read(path)).toContain(`\`ORDER_CHECK_TIMEOUT_MS\` (${waitsMs} ms by default)`)
})
