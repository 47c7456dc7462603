/**
 * Writes what is generated from the model: the schema snapshots, the AsyncAPI document and the page of diagrams.
 * Into this repository, or into the folder that is given. It writes nothing at all if a published schema would change.
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }
import { catalog } from '../src/catalog.ts'
import { choreography } from '../src/choreography.ts'
import { asyncApiYaml } from '../src/generate/asyncapi-yaml.ts'
import { choreographyPage } from '../src/generate/choreography-page.ts'
import { brokenPromises, type Files, schemaSnapshots, unpublished } from '../src/generate/schema-snapshots.ts'

const root = resolve(process.argv[2] ?? `${import.meta.dirname}/../../..`)
const schemas = resolve(root, 'packages/events/schemas')
const docs = resolve(root, 'docs')

const published = (): Files =>
  new Map(globSync('*/*.json', { cwd: schemas }).map((path) => [path, readFileSync(resolve(schemas, path), 'utf8')]))

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

const generate = (): void => {
  const snapshots = schemaSnapshots(Object.values(catalog))
  const before = published()
  const broken = brokenPromises(snapshots, before)
  if (broken.length > 0) {
    process.stderr.write(`Nothing was written.\n${broken.join('\n')}\nSee docs/change-an-event.md.\n`)
    process.exitCode = 1
    return
  }
  const fresh = unpublished(snapshots, before)
  for (const [path, text] of fresh) write(resolve(schemas, path), text)
  write(resolve(docs, 'asyncapi.yaml'), asyncApiYaml(choreography, packageJson.version))
  write(resolve(docs, 'choreography.md'), choreographyPage(choreography))
  process.stdout.write(`Wrote ${fresh.size} new schemas, docs/asyncapi.yaml and docs/choreography.md.\n`)
}

generate()
