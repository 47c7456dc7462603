/** The files that are generated from the shop's language. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { changedContracts, type Files, schemaSnapshots, unpublishedSnapshots } from '@quadrille/messages/generate'
import packageJson from '../package.json' with { type: 'json' }
import { shop } from '../src/shop.ts'
import { shopAsyncApi, shopPage } from './documents.ts'
import { overviewDiagram } from './overview.ts'

const schemas = 'packages/events/schemas'
const firstDiagram = /^```mermaid\n.*?^```$/ms

/**
 * The texts of the schema snapshots that are new, the AsyncAPI document, the page of diagrams, and the README and the overview with
 * their diagrams, by their paths in the repository.
 * @throws {Error} if a published schema would change.
 */
export const languageFiles = (root = resolve(import.meta.dirname, '../../..')): Files => {
  const page = shopPage()
  const diagrams = [
    ['README.md', firstDiagram.exec(page)?.[0] ?? ''],
    ['docs/overview.md', overviewDiagram()],
  ] as const
  return new Map([
    ...newSnapshots(resolve(root, schemas)),
    ['docs/asyncapi.yaml', shopAsyncApi(packageJson.version)],
    ['docs/choreography.md', page],
    ...diagrams
      .filter(([path]) => existsSync(resolve(root, path)))
      .map(([path, diagram]) => [path, withDiagram(readFileSync(resolve(root, path), 'utf8'), diagram)] as const),
  ])
}

const newSnapshots = (folder: string): [string, string][] => {
  const published = new Map(
    globSync('*/*.json', { cwd: folder }).map((path) => [path, readFileSync(resolve(folder, path), 'utf8')]),
  )
  const snapshots = schemaSnapshots(shop)
  const broken = changedContracts(snapshots, published)
  if (broken.length > 0) throw new Error(`${broken.join('\n')}\nSee docs/change-an-event.md.`)
  return [...unpublishedSnapshots(snapshots, published)].map(([path, text]) => [`${schemas}/${path}`, text])
}

/** Replaces the first diagram of a page. */
const withDiagram = (text: string, diagram: string): string => text.replace(firstDiagram, () => diagram)
