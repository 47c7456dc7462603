/**
 * Writes the documents that are generated from the model: the schema snapshots, the AsyncAPI document, the page of diagrams and
 * the diagram of the README. Into this repository, or into the folder that is given. It writes nothing at all if a published
 * schema would change.
 */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { changedContracts, type Files, schemaSnapshots, unpublishedSnapshots } from '@quadrille/messages/generate'
import packageJson from '../package.json' with { type: 'json' }
import { shop } from '../src/shop.ts'
import { shopAsyncApi, shopPage } from './documents.ts'

const root = resolve(process.argv[2] ?? `${import.meta.dirname}/../../..`)
const schemas = resolve(root, 'packages/events/schemas')
const docs = resolve(root, 'docs')
const readme = resolve(root, 'README.md')

const published = (): Files =>
  new Map(globSync('*/*.json', { cwd: schemas }).map((path) => [path, readFileSync(resolve(schemas, path), 'utf8')]))

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

const firstDiagram = /^```mermaid\n.*?^```$/ms

/** The README with the first diagram of the page in place of its own. */
const withDiagramOf = (page: string, text: string): string =>
  text.replace(firstDiagram, () => firstDiagram.exec(page)?.[0] ?? '')

const generate = (): void => {
  const snapshots = schemaSnapshots(shop)
  const before = published()
  const broken = changedContracts(snapshots, before)
  if (broken.length > 0) {
    process.stderr.write(`Nothing was written.\n${broken.join('\n')}\nSee docs/change-an-event.md.\n`)
    process.exitCode = 1
    return
  }
  const fresh = unpublishedSnapshots(snapshots, before)
  for (const [path, text] of fresh) write(resolve(schemas, path), text)
  write(resolve(docs, 'asyncapi.yaml'), shopAsyncApi(packageJson.version))
  const page = shopPage()
  write(resolve(docs, 'choreography.md'), page)
  if (existsSync(readme)) write(readme, withDiagramOf(page, readFileSync(readme, 'utf8')))
  process.stdout.write(`Wrote ${fresh.size} new schemas, docs/asyncapi.yaml and docs/choreography.md.\n`)
}

generate()
