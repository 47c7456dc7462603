import { globSync } from 'node:fs'
import { resolve } from 'node:path'
import { schemaSnapshots } from '@quadrille/messages/generate'
import { describe, expect, it } from 'vitest'
import { shop } from '../src/index.ts'

const published = globSync('*/*.json', { cwd: resolve(import.meta.dirname, '../schemas') })
const current = schemaSnapshots(shop)

describe('the schemas in the repository', () => {
  it('are those of the code: run `npm run generate` if not', () => {
    expect(published.toSorted()).toEqual([...current.keys()].sort())
  })

  it('allow fields that a version does not define', () => {
    expect([...current.values()].filter((text) => text.includes('"additionalProperties": false'))).toEqual([])
  })
})
