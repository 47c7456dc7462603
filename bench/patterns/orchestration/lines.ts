/** Counts the lines of code that express the orders, on both sides. */
import { globSync, readFileSync } from 'node:fs'
import { workingTree } from '../../src/systems/version.ts'
import type { Table } from '../comparison.ts'

interface Part {
  readonly name: string
  readonly workflow: readonly string[]
  readonly choreography: readonly string[]
}

const workflow = 'bench/peers/src/orchestration'
const services = 'services/{order,payment,inventory,notification}/src'

/** Code with a counterpart on the other side. Tests, configuration, the restore of databases and operations are left out. */
const parts: readonly Part[] = [
  {
    name: 'flow: what follows what, and the compensations',
    workflow: [`${workflow}/{workflow,payments}.ts`],
    choreography: [`${services}/{domain,reactions,tasks}/*.ts`],
  },
  {
    name: 'messages: events, tasks, their versions, the model',
    workflow: [],
    choreography: ['packages/events/src/{events,private}/*.ts', 'packages/events/src/{choreography,lifecycle}.ts'],
  },
  {
    name: 'tables and statements',
    workflow: [`${workflow}/{tables,store}.ts`],
    choreography: [`${services}/db/*.ts`, 'services/{order,payment,inventory,notification}/migrations/*.sql'],
  },
]

/**
 * Files of the same folders without a counterpart: parcels, photos, restores, diagnoses, histories, damaged rows, refusals of
 * refunds, idempotency keys, traces, older databases. The tables of the simulated gateway are left out too: both sides use the same file.
 */
const excluded =
  /shipment|shipping|parcel|photo|private\/inventory|dispatch|restore|handled|pending-answers|(open|unfinished)-task|open-orders|history|undamaged|refusal|idempotency|trace|older-database|simulated_gateway/

export const countLines = (): Table => {
  return {
    title: 'Lines of code (files), without blank lines and comments',
    columns: ['part', 'workflow', 'choreography', 'files of the choreography without a counterpart, not counted'],
    rows: parts.map(({ name, workflow, choreography }) => [
      ...[name, cell(workflow), cell(choreography)],
      String(filesOf(choreography).filter(isExcluded).length),
    ]),
  }
}

const isExcluded = (path: string): boolean => excluded.test(path)

const filesOf = (patterns: readonly string[]): string[] =>
  patterns.flatMap((pattern) => globSync(pattern, { cwd: workingTree.root }).toSorted())

const cell = (patterns: readonly string[]): string => {
  const files = filesOf(patterns).filter((path) => !isExcluded(path))
  const lines = files.map((path) => codeLines(readFileSync(`${workingTree.root}/${path}`, 'utf8')))
  return files.length === 0 ? '0' : `${lines.reduce((sum, count) => sum + count, 0)} (${files.length})`
}

/** The lines that contain more than a comment. */
export const codeLines = (text: string): number =>
  text
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .split('\n')
    .filter((line) => !/^\s*(\/\/.*|--.*)?$/.test(line)).length
