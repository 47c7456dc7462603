import { spreadOf } from '../src/results/statistics.ts'

/** The median of each figure of several rounds. All rounds have the figures of the first one. */
export const mediansOf = <Figures extends Readonly<Record<string, number | undefined>>>(
  rounds: readonly Figures[],
): Figures => {
  const medianOf = (name: string) => spreadOf(rounds.map((round) => round[name] ?? Number.NaN)).median
  return Object.fromEntries(Object.keys(rounds[0] ?? {}).map((name) => [name, medianOf(name)])) as Figures
}
