import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { changedContracts, type Files, schemaSnapshots, unpublishedSnapshots } from '@quadrille/messages/generate'
import { describe, expect, it } from 'vitest'
import { shop } from '../src/index.ts'

const folder = resolve(import.meta.dirname, '../schemas')
const published: Files = new Map(
  globSync('*/*.json', { cwd: folder }).map((path) => [path, readFileSync(resolve(folder, path), 'utf8')]),
)
const current = schemaSnapshots(shop)

describe('the schemas in the repository', () => {
  it('are those of the code: run `npm run generate` if not', () => {
    expect([...published.keys()].sort()).toEqual([...current.keys()].sort())
  })

  it('are not written again', () => {
    expect(unpublishedSnapshots(current, published).size).toBe(0)
  })

  it('keep their published content', () => {
    expect(changedContracts(current, published)).toEqual([])
  })

  it('allow fields that a version does not define', () => {
    expect([...current.values()].filter((text) => text.includes('"additionalProperties": false'))).toEqual([])
  })
})
