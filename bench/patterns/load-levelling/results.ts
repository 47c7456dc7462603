/** The checks and the figures of a burst. */
import type { Results } from '../comparison.ts'
import type { ScalingRules } from './decide.ts'
import type { Burst, Sample } from './run.ts'

/** The reasons to refuse a run, one line each: lost orders, double charges, or a wrong number of instances. */
export const problemsOf = (
  { samples, accepted, refused, captures, attemptedAgain, exitCodes, wrong }: Burst,
  { orders, rules }: { readonly orders: number; readonly rules: ScalingRules },
): string[] => {
  const most = mostOf(samples, ({ instances }) => instances)
  const wanted = mostWanted(samples, rules)
  const processes = mostOf(samples, (sample) => sample.processes)
  return [
    accepted === orders
      ? null
      : `${accepted} of ${orders} orders were accepted, the others answered by ${JSON.stringify(refused)}`,
    captures === orders ? null : `the gateway made ${captures} captures for ${orders} orders`,
    attemptedAgain === 0 ? null : `${attemptedAgain} charges did not take one attempt`,
    wrong,
    most > 1 ? null : 'no further instance was started',
    most === wanted ? null : `${most} instances ran, and ${wanted} were wanted`,
    processes <= rules.max ? null : `${processes} processes ran or stopped, and ${rules.max} are the bound`,
    samples.at(-1)?.instances === 1 ? null : 'more than one instance is left',
    exitCodes.every((code) => code === 0) ? null : `stopped instances exited with ${exitCodes.map(String).join(', ')}`,
  ].flatMap((problem) => problem ?? [])
}

/** The highest number, up to the bound, that was wanted for so long that it should have been started. */
const mostWanted = (samples: readonly Sample[], { max, upAfterMs }: ScalingRules): number => {
  const lowest = samples.map(({ second: now }) => {
    const from = now - upAfterMs / 1_000
    if (from <= 0) return 1 // one instance was wanted when the burst began
    // While the hint is unknown, the number stays, so that it can't grow.
    return Math.min(...samples.flatMap(({ second, wanted }) => (second >= from && second <= now ? [wanted ?? 1] : [])))
  })
  return Math.min(max, Math.max(...lowest))
}

/** Numbers of instances above this multiple of the bound are drawn as if they were at it. */
const drawnFactor = 2

export const resultsOf = (burst: Burst): Results => {
  const { samples, placedAfter, accepted, captures, exitCodes } = burst
  const most = mostOf(samples, ({ instances }) => instances)
  const firstWith = (is: (sample: Sample) => boolean) => samples.find(is)?.second ?? 0
  const figures: readonly (readonly [string, string])[] = [
    ['all orders accepted after', seconds(placedAfter)],
    ['most messages that waited for payment', whole(mostOf(samples, ({ depth }) => depth ?? 0))],
    ['second instance started after', seconds(firstWith(({ instances }) => instances > 1))],
    ['most instances', whole(most)],
    ['orders settled with one instance', `${whole(rateWith(samples, 1))}/s`],
    [`orders settled with ${most} instances`, `${whole(rateWith(samples, most))}/s`],
    ['all orders settled after', seconds(firstWith(({ settled }) => settled >= accepted))],
    ['back at one instance after', seconds(samples.at(-1)?.second ?? 0)],
    ['instances stopped, each with exit code 0', whole(exitCodes.length)],
    ['captures in the ledger of the gateway', whole(captures)],
  ]
  return {
    tables: [{ title: `A burst of ${whole(accepted)} orders`, columns: ['', 'figure'], rows: figures }],
    charts: [{ kind: 'lines', title: 'Payment during and after the burst', panels: panelsOf(samples, most) }],
  }
}

const whole = (value: number): string => Math.round(value).toLocaleString('en')
const seconds = (value: number): string => `${whole(value)} s`

const mostOf = (samples: readonly Sample[], figure: (sample: Sample) => number): number =>
  Math.max(...samples.map(figure))

/** Orders per second since the sample before. */
const ratesOf = (samples: readonly Sample[]) =>
  samples.slice(1).map((sample, index) => {
    const before = samples[index] ?? sample
    return { ...sample, perSecond: (sample.settled - before.settled) / (sample.second - before.second) }
  })

/** On average, while messages waited and this many instances ran. */
const rateWith = (samples: readonly Sample[], instances: number): number => {
  const those = ratesOf(samples).filter((sample) => sample.instances === instances && sample.depth !== 0)
  return those.reduce((sum, { perSecond }) => sum + perSecond, 0) / Math.max(1, those.length)
}

const panelsOf = (samples: readonly Sample[], most: number) => {
  const cut = most * drawnFactor
  const line = (name: string, figure: (sample: Sample) => number | null) => ({
    name,
    points: samples.flatMap((sample) => {
      const value = figure(sample)
      return value === null ? [] : [[sample.second, value] as const]
    }),
  })
  const rates = ratesOf(samples).map(({ second, perSecond }) => [second, Math.round(perSecond)] as const)
  return [
    { unit: 'messages that wait for payment', lines: [line('messages', ({ depth }) => depth)] },
    {
      unit: 'payment instances',
      lines: [
        line(`wanted, cut at ${cut}`, ({ wanted }) => wanted && Math.min(cut, wanted)),
        line('running', ({ instances }) => instances),
      ],
    },
    { unit: 'orders settled per second', lines: [{ name: 'orders', points: rates }] },
  ]
}
