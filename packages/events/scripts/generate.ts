/**
 * Writes the documents that are generated from the model: the schema snapshots, the AsyncAPI document, the page of diagrams, and
 * the diagrams of the README and of the overview. Into this repository, or into the folder that is given. It writes nothing at all if a published
 * schema would change.
 */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { changedContracts, type Files, schemaSnapshots, unpublishedSnapshots } from '@quadrille/messages/generate'
import packageJson from '../package.json' with { type: 'json' }
import { shop } from '../src/shop.ts'
import { shopAsyncApi, shopPage } from './documents.ts'
import { overviewDiagram } from './overview.ts'

const root = resolve(process.argv[2] ?? `${import.meta.dirname}/../../..`)
const schemas = resolve(root, 'packages/events/schemas')
const docs = resolve(root, 'docs')

const published = (): Files =>
  new Map(globSync('*/*.json', { cwd: schemas }).map((path) => [path, readFileSync(resolve(schemas, path), 'utf8')]))

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

const firstDiagram = /^```mermaid\n.*?^```$/ms

/** Replaces the first diagram of a file. A file that does not exist stays so. */
const replaceDiagram = (path: string, diagram: string): void => {
  if (existsSync(path))
    write(
      path,
      readFileSync(path, 'utf8').replace(firstDiagram, () => diagram),
    )
}

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
  replaceDiagram(resolve(root, 'README.md'), firstDiagram.exec(page)?.[0] ?? '')
  replaceDiagram(resolve(docs, 'overview.md'), overviewDiagram())
  process.stdout.write(`Wrote ${fresh.size} new schemas, docs/asyncapi.yaml and docs/choreography.md.\n`)
}

generate()
