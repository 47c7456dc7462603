/** A result file: JSON, one record a line. It is complete up to its last line at any moment. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Header, RunResult } from './result.ts'

export interface Results {
  readonly header: Header
  readonly runs: readonly RunResult[]
}

/** The path of a new file: the given one, or one in .bench that is named after the time. */
export const newResultPath = (output: string | undefined): string =>
  resolve(output ?? `.bench/${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.jsonl`)

/** Creates it with its header. @throws if it exists. */
export const createResultFile = (path: string, header: Header): void => {
  if (existsSync(path)) throw new Error(`${path} exists already. Continue it with --resume, or choose another name.`)
  mkdirSync(dirname(path), { recursive: true })
  append(path, header)
}

export const appendResult = (path: string, result: RunResult): void => append(path, result)

const append = (path: string, record: Header | RunResult): void => appendFileSync(path, `${JSON.stringify(record)}\n`)

/** Leaves out an incomplete last line, which a killed run may have left. @throws if it is not a result file. */
export const readResultFile = (path: string): Results => {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  const [header, ...runs] = lines.map((line) => JSON.parse(line) as Header | RunResult)
  if (header?.type !== 'header') throw new Error(`${path} does not begin with the header of a result file.`)
  return { header, runs: runs.filter((record) => record.type === 'result') }
}
