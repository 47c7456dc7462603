import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { recordText } from '../../src/results/record-text.ts'
import { workingTree } from '../../src/systems/version.ts'
import type { RunRecord } from '../comparison.ts'
import { drawCharts, fillPage } from './render.ts'

const docs = join(workingTree.root, 'docs')

/** Writes the figures into the page of the comparison, its charts, and the record. Returns the paths of all files. */
export const writePage = (name: string, record: RunRecord): string[] => {
  const page = `${name}.md`
  const files = new Map([
    ...drawCharts(name, record),
    [`comparisons/${name}.json`, recordText(record)],
    [page, fillPage(name, readFileSync(join(docs, page), 'utf8'), record)],
  ])
  return [...files].map(([path, content]) => {
    const target = join(docs, path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, content)
    return target
  })
}
