/** The main command: from its options to the printed table. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { runIntoFile, warnOfOthers } from './bench.ts'
import { compare } from './compare/command.ts'
import { judge } from './compare/verdicts.ts'
import { readOptions } from './options.ts'
import { type Preset, planOf, presets } from './plan/presets.ts'
import { allRows } from './plan/rows.ts'
import { type Report, renderReport } from './report/report.ts'
import { sections } from './report/sections.ts'
import { describeCommit, requireCommitInHistory, requireSameCommit } from './results/commit.ts'
import { createResultFile, newResultPath, readResultFile } from './results/file.ts'
import { describeHeader, headerOf } from './results/header.ts'
import { recordText } from './results/record-text.ts'
import type { RunResult } from './results/result.ts'
import { summarizeRuns } from './results/summary.ts'
import { openServers } from './systems/servers.ts'
import { workingTree } from './systems/version.ts'

const print = (line: string): void => console.log(line)
const titles = new Map(allRows.map(({ id, title }) => [id, title]))
const comparedRows = allRows.flatMap(({ id, title, base }) =>
  base === undefined ? [] : [{ title: `${titles.get(base)} → ${title}`, before: base, after: id }],
)
/** The fewest repeats of a row on the page. */
const publishedRepeats = 3

export interface MeasureOptions {
  readonly preset: Preset
  /** The result file. Default: a new one. */
  readonly output: string | undefined
}

/**
 * Resolves to the exit code: 1 if a run was wrong.
 * @param args - the arguments of the command, for the result file
 * @param interrupted - the result file of the run that it continues
 */
export const measure = async (
  { preset, output }: MeasureOptions,
  args: readonly string[],
  interrupted?: string,
): Promise<number> => {
  await using servers = openServers()
  const file = interrupted ?? newResultPath(output)
  const plan = planOf(preset, allRows)
  if (interrupted === undefined) createResultFile(file, await headerOf({ args, servers, rows: plan.rows }))
  const { header, runs } = await runIntoFile(file, { plan, servers, seconds: preset.seconds, print })
  const lines = summarizeRuns(runs)
  const pairs = judge(comparedRows, runs)
  writeFileSync(file.replace(/(\.jsonl)?$/, '.json'), `${JSON.stringify({ header, lines, pairs }, null, 2)}\n`)
  print(`\n${[describeHeader(header), ...sections({ lines, pairs }, titles)].join('\n\n')}`)
  const others = warnOfOthers(runs)
  if (others) print(`\n${others}`)
  return runs.some(({ wrong }) => wrong !== null) ? 1 : 0
}

/** Continues an interrupted run. Resolves to its exit code. @throws if the source tree is another one. */
export const resume = async (path: string): Promise<number> => {
  const file = resolve(path)
  const { header } = readResultFile(file)
  requireSameCommit(header.commit, describeCommit(workingTree.root))
  const command = readOptions(header.args)
  if (command.kind === 'compare') return compare(command, file)
  if (command.kind === 'measure') return measure(command, header.args, file)
  throw new Error(`${file} is not the result of a run that can be continued.`)
}

/**
 * Writes docs/performance.md, its charts and its data from a result file, or again from that data. Resolves to the exit code.
 * @throws if a row of a result file was measured fewer than three times, or its commit is not in the history.
 */
export const summarizeIntoPage = async (file: string): Promise<number> => {
  const report = file.endsWith('.json') ? readReport(file) : reportOf(file)
  const files = new Map([...renderReport(report), ['performance/results.json', recordText(report)]])
  for (const [path, content] of files) {
    const target = join(workingTree.root, 'docs', path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, content)
    print(target)
  }
  return 0
}

const readReport = (file: string): Report => {
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  if (report.titles) return report
  throw new Error(
    `${file} is only the summary that a run prints. Expected: its result file, ${file}l, or docs/performance/results.json.`,
  )
}

/** Also with those in which a load was more than the row can do, and has no figures. */
const repeatsOf = (runs: readonly RunResult[]): number => new Set(runs.map(({ repeat }) => repeat)).size

const reportOf = (file: string): Report => {
  const { header, runs } = readResultFile(file)
  const { args: _, ...shown } = header
  const lines = summarizeRuns(runs)
  const repeats = Math.min(...[...Map.groupBy(runs, ({ row }) => row).values()].map(repeatsOf))
  if (repeats < publishedRepeats)
    throw new Error(`A row was measured ${repeats} times. Expected for a page: --repeats ${publishedRepeats}, or more.`)
  requireCommitInHistory(header.commit, workingTree.root)
  const isMeasured = (id: string) => lines.some(({ row }) => row === id)
  const measured = [...titles].filter(([id]) => isMeasured(id))
  const notMeasured = presets.usual.rows.filter((id) => !isMeasured(id)).map((id) => titles.get(id) ?? id)
  return { header: shown, titles: Object.fromEntries(measured), notMeasured, lines, pairs: judge(comparedRows, runs) }
}
