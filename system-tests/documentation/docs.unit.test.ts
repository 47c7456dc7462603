/** What the documents show is what there is: the example, the diagram, and what their links lead to. */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { choreography } from '@quadrille/events'
import { expect, test } from 'vitest'
import { markdown, read, root } from './documents.ts'

/** The first block of this language on a page. */
const firstBlock = (language: string, path: string): string | undefined =>
  new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(read(path))?.[1]

/** The code that shows metrics. */
const metrics = [
  ...['telemetry', 'dead-letters'].map((room) => `packages/service/src/${room}`),
  ...['order', 'payment', 'notification'].map((name) => `services/${name}/src`),
]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((path) => path.endsWith('.ts'))
  .map(read)
  .join()

/** Those that `npm start` makes have names of the same form. */
const databases = Object.keys(choreography).map((service) => `quadrille_${service}`)

test('the example of the README is the one that is tested', () => {
  const example = firstBlock('ts', 'README.md')
  expect(example).toBe(read('examples/loyalty/src/service.ts'))
  expect(example?.split('\n').length).toBeLessThan(40)
})

test('the diagram of the README is the one that is generated from the model', () => {
  expect(firstBlock('mermaid', 'docs/choreography.md')).toMatch(/^flowchart /)
  expect(firstBlock('mermaid', 'README.md')).toBe(firstBlock('mermaid', 'docs/choreography.md'))
})

test.each(markdown)('the links of %s lead somewhere', (path) => {
  const targets = [...read(path).matchAll(/\]\(([^)#]+?)(?:#[^)]*)?\)/g)].flatMap(([, target]) => target ?? [])
  const broken = targets.filter((target) => !/^https?:/.test(target) && !existsSync(join(root, dirname(path), target)))
  expect(broken).toEqual([])
})

test.each(markdown)('the metrics that %s names are there', (path) => {
  const names = new Set(read(path).match(/\bquadrille_[a-z_]+/g))
  const missing = [...names].filter((name) => !metrics.includes(`'${name}'`) && !databases.includes(name))
  expect(missing).toEqual([])
})
