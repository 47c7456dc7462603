/** Compares two versions, or two rows, by the figures of their runs. */
import { type FigureName, figureDefinitions } from '../results/figures.ts'
import type { RunResult } from '../results/result.ts'
import { alignedTable } from '../results/table.ts'
import { geometricMean, type Ratio, ratioOf, type Verdict, verdictOn } from './interval.ts'

const judged = [
  ['rate', 'higher'],
  ['cpu', 'lower'],
  ['settledP50', 'lower'],
  ['settledP99', 'lower'],
] as const satisfies readonly (readonly [FigureName, 'higher' | 'lower'])[]

export interface Judged {
  readonly title: string
  readonly load: string
  readonly figure: FigureName
  /** The geometric means of the runs, whose ratio is the mean of the ratios. */
  readonly before: number
  readonly after: number
  readonly ratio: Ratio
  readonly verdict: Verdict
}

export interface Compared {
  readonly title: string
  /** The ids of both rows. */
  readonly before: string
  readonly after: string
}

/**
 * One entry for each comparison, load and figure with at least two pairs. The rate of an open loop is given, so it is left out. With
 * `half`, each row has another rate, so that nothing is comparable.
 */
export const judge = (all: readonly Compared[], runs: readonly RunResult[]): Judged[] =>
  all.flatMap(({ title, before, after }) =>
    [...new Set(runs.map(({ load }) => load).filter((load) => load !== 'half'))].flatMap((load) =>
      judged.flatMap(([figure, better]) => {
        if (figure === 'rate' && load !== 'closed') return []
        const pairs = pairsOf(runs, { load, figure, before, after })
        if (pairs.length < 2) return []
        const ratio = ratioOf(pairs)
        return {
          title,
          load,
          figure,
          ratio,
          verdict: verdictOn(ratio, better),
          before: geometricMean(pairs.map(([one]) => one)),
          after: geometricMean(pairs.map(([, other]) => other)),
        }
      }),
    ),
  )

interface Pairing extends Omit<Compared, 'title'> {
  readonly load: string
  readonly figure: FigureName
}

const pairsOf = (runs: readonly RunResult[], { load, figure, before, after }: Pairing): [number, number][] => {
  const figureOf = (row: string, repeat: number) =>
    runs.find((run) => run.row === row && run.load === load && run.repeat === repeat)?.figures[figure]
  return [...new Set(runs.map(({ repeat }) => repeat))].flatMap((repeat) => {
    const [one, other] = [figureOf(before, repeat), figureOf(after, repeat)]
    return one && other ? [[one, other]] : []
  })
}

export const isDecided = ({ verdict }: Judged): boolean => verdict !== 'undecided'

export const verdictTable = (all: readonly Judged[]): string =>
  alignedTable(
    [
      ['compared', 'load', 'figure', 'before', 'after', 'ratio', '95 % interval', 'verdict'],
      ...all.map(({ title, load, figure, before, after, ratio, verdict }) => {
        const { unit, digits, ...definition } = figureDefinitions[figure]
        const percent = (value: number) => `${(value * 100).toFixed(1)} %`
        return [
          ...[title, load, `${definition.title}, ${unit}`, before.toFixed(digits), after.toFixed(digits)],
          ...[percent(ratio.mean), `${percent(ratio.low)} to ${percent(ratio.high)}`, verdict],
        ]
      }),
    ],
    3,
  )
